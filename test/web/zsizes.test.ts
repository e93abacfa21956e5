// How much a visitor's browser fetches, compressed as servers do: the site's promise is a page that opens at once on a slow line.
// What grows past these numbers wants loading later, by `import()`.
import { posix } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, expect, it } from 'vitest';
import { builtSite } from './site.ts';

/** All scripts of the site by name. */
const scripts = new Map<string, string>();
let html = '';

beforeAll(async () => {
  for (const [path, content] of await builtSite()) {
    const text = typeof content === 'string' ? content : new TextDecoder().decode(content);
    if (path === '/some/where/index.html') html = text;
    if (path.endsWith('.js')) scripts.set(posix.basename(path), text);
  }
});

/** A script of the train page's engine; workers of other pages have their own parts of the same names. */
const named = (start: string): string => {
  const all = start === 'worker' ? [...scripts.keys()] : [...mentionedFrom(named('worker'))];
  const found = all.filter((name) => new RegExp(`^${start}-[\\w-]{8}\\.js$`).test(name));
  expect(found, `scripts named ${start}`).toHaveLength(1);
  return found[0] ?? '';
};

/** A script with all that it imports, at once or later. */
function mentionedFrom(name: string, found = new Set<string>()): Set<string> {
  const text = scripts.get(name);
  if (text === undefined || found.has(name)) return found;
  found.add(name);
  for (const [, next = ''] of text.matchAll(/["'`]\.\/([\w.-]+\.js)["'`]/g)) mentionedFrom(next, found);
  return found;
}

/** Scripts with all that they import at once, as opposed to later. */
function withImports(names: readonly string[]): Set<string> {
  const found = new Set<string>();
  const add = (name: string): void => {
    const text = scripts.get(name);
    if (text === undefined) throw new Error(`There is no script ${name}.`);
    if (found.has(name)) return;
    found.add(name);
    for (const [, next = ''] of text.matchAll(/(?:\bfrom|\bimport)\s*["'`]\.\/([\w.-]+\.js)["'`]/g))
      add(next);
  };
  names.forEach(add);
  return found;
}

const kb = (n: ReadonlySet<string>): number => { const k = kilobytes(n); console.log('KB', k, [...n].map((x) => x + ' ' + gzipSync(scripts.get(x) ?? '', { level: 9 }).length).join('\n')); return k; };
const kilobytes = (names: ReadonlySet<string>): number =>
  [...names].reduce((sum, name) => sum + gzipSync(scripts.get(name) ?? '', { level: 9 }).length, 0) / 1000;

it('opens the page with at most 150 kB of scripts, the engine among them', () => {
  const page = [...html.matchAll(/(?:src|href)="[^"]*\/([\w.-]+\.js)"/g)].map(([, name = '']) => name);
  expect(page.length).toBeGreaterThan(0);
  expect(kb(withImports([...page, named('worker')]))).toBeLessThanOrEqual(150);
});

it('opens the engine with at most 80 kB', () => {
  expect(kb(withImports([named('worker')]))).toBeLessThanOrEqual(80);
});

it('has all of the engine that the first training step takes in 130 kB', () => {
  const engine = withImports([named('worker'), named('work'), named('gpu')]);
  expect(engine.size).toBeGreaterThan(3);
  expect(kb(engine)).toBeLessThanOrEqual(130);
});

it.each(['report', 'imagenet', 'pth-file', 'demo'])('leaves %s for when it is needed', (name) => {
  const early = withImports([named('worker'), named('work'), named('gpu')]);
  expect(early.has(named(name))).toBe(false);
});
