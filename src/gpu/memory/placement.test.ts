import { describe, expect, it } from 'vitest';
import { peakBytes, placeSpans, type Span } from './placement.ts';

/** Whole numbers from 0 to below `below`, always the same ones (Numerical Recipes' generator). */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Spans as a long list of commands has them, and pairs of them that some command reads and writes. */
function randomSpans(seed: number): { spans: Span[]; apart: Set<number>[] } {
  const random = numbers(seed);
  const spans = Array.from({ length: 120 }, () => {
    const first = random(200);
    return { bytes: 256 * (1 + random(64)), first, last: first + random(30) };
  });
  const apart = spans.map(() => new Set<number>());
  for (let i = 0; i < 200; i++) {
    const [a, b] = [random(spans.length), random(spans.length)];
    if (a === b) continue;
    apart[a]?.add(b);
    apart[b]?.add(a);
  }
  return { spans, apart };
}

const isTogether = (a: Span, b: Span) => a.first <= b.last && b.first <= a.last;

describe('placeSpans', () => {
  it.each([1, 2, 3, 4, 5])(
    'lets nothing overlap that lives at one time, and keeps apart what must be (%i)',
    (seed) => {
      const { spans, apart } = randomSpans(seed);
      const limit = 256 * 200;
      const { places, sizes } = placeSpans(spans, apart, limit);
      expect(places).toHaveLength(spans.length);
      places.forEach((a, i) => {
        const span = spans[i]!; // one place a span
        expect(a.offset % 256).toBe(0);
        expect(a.offset + span.bytes).toBeLessThanOrEqual(sizes[a.buffer] ?? 0);
        places.slice(0, i).forEach((b, j) => {
          const other = spans[j]!;
          if (a.buffer !== b.buffer) return;
          expect(apart[i]?.has(j)).toBe(false);
          if (isTogether(span, other))
            expect(a.offset + span.bytes <= b.offset || b.offset + other.bytes <= a.offset).toBe(true);
        });
      });
      expect(Math.max(...sizes)).toBeLessThanOrEqual(limit);
      expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
      expect(sizes.reduce((a, b) => a + b)).toBeLessThan(1.25 * peakBytes(spans));
    },
  );

  it('uses the memory of the dead again', () => {
    const chain = Array.from({ length: 50 }, (_, i) => ({ bytes: 1024, first: i, last: i + 1 }));
    const apart = chain.map((_, i) => new Set([i - 1, i + 1]));
    expect(placeSpans(chain, apart, Infinity)).toMatchObject({ sizes: [1024, 1024] });
    expect(peakBytes(chain)).toBe(2048);
  });

  it('needs nothing for nothing', () => {
    expect(placeSpans([], [], 1024)).toEqual({ places: [], sizes: [] });
    expect(peakBytes([])).toBe(0);
  });
});
