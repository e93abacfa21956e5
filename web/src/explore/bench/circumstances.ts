/** Where a run in a tab happens, as its JSON file has it. A browser tells less than Node: not the processor, and often not the driver. */
import { adapterFacts } from '../../../../src/bench/adapter.ts';
import type { Grain } from '../../../../src/bench/benchmark.ts';
import type { Circumstances } from '../../../../src/bench/results.ts';
import { factsOf } from '../../../../src/platform/web/adapter.ts';
import { visitorOf } from '../../train/shared/browser.ts';

export function circumstancesOf(adapter: GPUAdapter, grain: Grain): Circumstances {
  const { name, isSoftware } = factsOf(adapter);
  const { system } = visitorOf(navigator.userAgent, navigator.maxTouchPoints);
  const { vendor = '', architecture = '', description = '' } = adapter.info as Partial<GPUAdapterInfo>;
  return {
    date: new Date().toISOString(),
    graft: __VERSION__,
    browser: browserText(navigator.userAgent),
    ...(system !== 'unknown' && { system }),
    cpu: 'unknown',
    cpus: navigator.hardwareConcurrency,
    adapter: {
      ...{ name, kind: isSoftware ? 'software' : 'gpu', driver: description },
      ...{ vendor, architecture, ...adapterFacts(adapter) },
    },
    grain,
  };
}

/** Where the version stands in what a browser says of itself. */
const VERSIONS = {
  Chrome: /(?:Chrome|Chromium|CriOS)\/(\d+)/,
  Edge: /EdgA?\/(\d+)/,
  Firefox: /(?:Firefox|FxiOS)\/(\d+)/,
  Safari: /Version\/([\d.]+)/,
} as const;

/** `Chrome 147`. */
export function browserText(userAgent: string): string {
  const { browser } = visitorOf(userAgent);
  if (browser === 'unknown') return 'a browser';
  const [, version] = VERSIONS[browser].exec(userAgent) ?? [];
  return version === undefined ? browser : `${browser} ${version}`;
}
