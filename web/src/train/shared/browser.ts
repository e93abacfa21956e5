/** Which browser and system this is, as far as help must differ between them. Browsers lie about it; nothing else depends on it. */

export type BrowserName = 'Chrome' | 'Edge' | 'Firefox' | 'Safari' | 'unknown';
export type SystemName = 'Windows' | 'macOS' | 'Linux' | 'Android' | 'iOS' | 'unknown';

export interface Visitor {
  readonly browser: BrowserName;
  readonly system: SystemName;
}

/** From a browser's text about itself; the first that fits, since all of them name several others. */
const BROWSERS: readonly (readonly [RegExp, BrowserName])[] = [
  [/\bEdgA?\//, 'Edge'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/(Chrome|Chromium|CriOS)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
];
const SYSTEMS: readonly (readonly [RegExp, SystemName])[] = [
  [/\bAndroid\b/, 'Android'],
  [/\b(iPhone|iPad|iPod)\b/, 'iOS'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'],
  [/\bLinux\b|\bCrOS\b/, 'Linux'],
];

/** What `userAgent` says. An iPad may say that it is a Mac: one with a touch screen is none. */
export function visitorOf(userAgent: string, touchPoints = 0): Visitor {
  const find = <T>(list: readonly (readonly [RegExp, T])[]) =>
    list.find(([text]) => text.test(userAgent))?.[1];
  const system = find(SYSTEMS) ?? 'unknown';
  return {
    browser: find(BROWSERS) ?? 'unknown',
    system: system === 'macOS' && touchPoints > 1 ? 'iOS' : system,
  };
}
