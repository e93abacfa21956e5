import { describe, expect, it } from 'vitest';
import { visitorOf } from '../../web/src/train/shared/browser.ts';
import { adviceFor } from '../../web/src/train/shared/no-gpu.ts';

const AGENTS = [
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
    'Chrome',
    'Windows',
  ],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0',
    'Edge',
    'Windows',
  ],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0', 'Firefox', 'Linux'],
  [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15',
    'Safari',
    'macOS',
  ],
  [
    'Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36',
    'Chrome',
    'Android',
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile Safari/604.1',
    'Safari',
    'iOS',
  ],
  ['curl/8', 'unknown', 'unknown'],
] as const;

describe('a visitor without a graphics card', () => {
  it.each(AGENTS)('is known by %s', (agent, browser, system) =>
    expect(visitorOf(agent)).toEqual({ browser, system }),
  );

  it('with a Mac that can be touched has an iPad', () =>
    expect(visitorOf(AGENTS[3][0], 5).system).toBe('iOS'));

  it('is told something else for each reason, in this browser', () => {
    const visitor = visitorOf(AGENTS[1][0]);
    const kinds = ['insecure-context', 'no-webgpu', 'no-adapter', 'blocked', 'software', 'no-device'];
    const advice = kinds.map((kind) => adviceFor(kind, visitor));
    expect(new Set(advice.map(({ title }) => title)).size).toBe(kinds.length);
    for (const { steps } of advice) expect(steps.length).toBeGreaterThan(0);
    expect(advice.flatMap(({ steps }) => steps).join(' ')).toContain('edge://settings/system');
    expect(adviceFor('a kind of tomorrow', visitor)).toEqual(adviceFor('no-adapter', visitor));
  });
});
