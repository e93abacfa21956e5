/**
 * Where temporaries lie. For a complete list of commands the time from first to last use of each is known, so memory is
 * planned like a page with boxes: one after the other, each at the lowest place that nobody holds at that time. WebGPU adds one
 * rule, that a dispatch may not read from one part of a buffer and write to another; so there are a few buffers, and what
 * a kernel reads is kept apart from what it writes. In what order boxes are placed decides how well they fit, and a
 * placement takes a fraction of a millisecond, so several orders are tried.
 */

/** A temporary: its bytes, a multiple of the alignment, and the indices of the first and the last command that use it. */
export interface Span {
  readonly bytes: number;
  readonly first: number;
  readonly last: number;
}

export interface Place {
  /** Index of the workspace's buffer. */
  readonly buffer: number;
  readonly offset: number;
}

export interface Placement {
  /** One a span. */
  readonly places: readonly Place[];
  /** Bytes of each buffer. */
  readonly sizes: readonly number[];
}

interface Attempt extends Placement {
  readonly bytes: number;
  /** The spans for which the workspace grew, in the order of their placing. */
  readonly grown: readonly number[];
}

/** More come in only where the rule asks for them, and hold next to nothing. */
const BUFFERS = 4;
/** What more tries gain is not worth their time (docs/decisions.md). */
const TRIES = 16;
/** Nor is it where so little is above the least. */
const GOOD_ENOUGH = 1.02;
/** Of the spans that made the workspace grow, so many come earlier in the next try: the last, which found no room. */
const PROMOTED = 3;

/**
 * Places spans such that no two that live at one time overlap, and those that `apart` names for each other are in different
 * buffers of at most `limit` bytes. The first try goes from large and long-lived spans to small and short-lived ones; each
 * further one gives precedence to what the one before had no room for (squeaky wheel optimization: Joslin and Clements 1999,
 * doi:10.1613/jair.561). Buffers come in the order of their sizes, so that one workspace serves several placements well.
 */
export function placeSpans(
  spans: readonly Span[],
  apart: readonly ReadonlySet<number>[],
  limit: number,
): Placement {
  const least = peakBytes(spans);
  const weights = spans.map(({ bytes, first, last }) => bytes * Math.sqrt(last - first + 1));
  let order = [...spans.keys()].sort((a, b) => (weights[b] ?? 0) - (weights[a] ?? 0));
  let best = placeInOrder(spans, apart, limit, order);
  let attempt = best;
  for (let i = 1; i < TRIES && best.bytes > GOOD_ENOUGH * least; i++) {
    order = promote(order, attempt.grown.slice(-PROMOTED));
    attempt = placeInOrder(spans, apart, limit, order);
    if (attempt.bytes < best.bytes) best = attempt;
  }
  return largestFirst(best);
}

/** One span after the other, each where the workspace grows least, and of such places at the lowest. */
function placeInOrder(
  spans: readonly Span[],
  apart: readonly ReadonlySet<number>[],
  limit: number,
  order: readonly number[],
): Attempt {
  const buffers = Array.from({ length: BUFFERS }, () => new Buffer());
  const bufferOf = new Int32Array(spans.length).fill(-1);
  const offsets = new Float64Array(spans.length);
  const grown: number[] = [];
  for (const index of order) {
    const span = spans[index]!; // an order names what there is
    let [best, bestOffset, bestGrowth] = [-1, 0, Infinity];
    const forbidden = new Set<number>();
    for (const other of apart[index] ?? []) forbidden.add(bufferOf[other] ?? -1);
    for (const [i, buffer] of buffers.entries()) {
      if (forbidden.has(i)) continue;
      const offset = buffer.lowestFit(span);
      const growth = Math.max(0, offset + span.bytes - buffer.size);
      if (offset + span.bytes > limit) continue;
      if (growth < bestGrowth || (growth === bestGrowth && offset < bestOffset))
        [best, bestOffset, bestGrowth] = [i, offset, growth];
    }
    if (best < 0) best = buffers.push(new Buffer()) - 1;
    if (bestGrowth > 0) grown.push(index);
    bufferOf[index] = best;
    offsets[index] = bestOffset;
    buffers[best]?.insert(span, bestOffset);
  }
  const sizes = buffers.map(({ size }) => size);
  const places = spans.map((_, i) => ({ buffer: bufferOf[i] ?? 0, offset: offsets[i] ?? 0 }));
  return { places, sizes, bytes: sizes.reduce((sum, size) => sum + size, 0), grown };
}

/** Moves each of `indices` halfway to the front. */
function promote(order: readonly number[], indices: readonly number[]): number[] {
  const promoted = [...order];
  for (const index of indices) {
    const rank = promoted.indexOf(index);
    promoted.splice(rank, 1);
    promoted.splice(Math.floor(rank / 2), 0, index);
  }
  return promoted;
}

/** The same placement with its buffers in the order of their sizes, and none that are empty. */
function largestFirst({ places, sizes }: Placement): Placement {
  const order = [...sizes.keys()].filter((buffer) => sizes[buffer]);
  order.sort((a, b) => (sizes[b] ?? 0) - (sizes[a] ?? 0));
  return {
    places: places.map(({ buffer, offset }) => ({ buffer: order.indexOf(buffer), offset })),
    sizes: order.map((buffer) => sizes[buffer] ?? 0),
  };
}

/** The most bytes of spans that are alive at one time: no placement can do with less. */
export function peakBytes(spans: readonly Span[]): number {
  const changes = spans.flatMap(({ bytes, first, last }) => [
    { at: first, bytes },
    { at: last + 1, bytes: -bytes },
  ]);
  changes.sort((a, b) => a.at - b.at || a.bytes - b.bytes); // what dies goes before what comes
  let [alive, peak] = [0, 0];
  for (const { bytes } of changes) peak = Math.max(peak, (alive += bytes));
  return peak;
}

/** What lies in a buffer, in the order of offsets. */
class Buffer {
  size = 0;
  private readonly residents: { readonly span: Span; readonly offset: number }[] = [];

  /** The offset of the tightest gap that a span fits into among the residents of its time, or of their end. */
  lowestFit({ bytes, first, last }: Span): number {
    let end = 0;
    let best = -1;
    let bestGap = Infinity;
    for (const { span, offset } of this.residents) {
      if (span.last < first || span.first > last) continue;
      const gap = offset - end;
      if (gap >= bytes && gap < bestGap) {
        best = end;
        bestGap = gap;
      }
      if (offset + span.bytes > end) end = offset + span.bytes;
    }
    return best < 0 ? end : best;
  }

  insert(span: Span, offset: number): void {
    const { residents } = this;
    let at = residents.length;
    while (at > 0 && (residents[at - 1]?.offset ?? 0) > offset) at -= 1;
    residents.splice(at, 0, { span, offset });
    this.size = Math.max(this.size, offset + span.bytes);
  }
}
