/** What the threads of a logged kernel did: who raced with whom, who reached past an end, how many elements were read, and how scattered. */
import {
  indicesOf,
  MOST_INDEX,
  PLACE,
  placeText,
  STORAGE_BARRIER,
  WORKGROUP_BARRIER,
  type LoggedKernel,
  type Site,
} from './log.ts';

/** Threads that a GPU sends to memory together: 32 on most, and elements that lie within 128 bytes come at once. */
export const BUNDLE = 32;
const LINE_BYTES = 128;

/** What a thread did, in order. */
interface Entry {
  readonly site: Site;
  readonly place: number;
  readonly index: number;
  /** Barriers before it, of the kind that orders accesses to this memory. */
  readonly phase: number;
}

export class Diaries {
  private readonly threads: readonly (readonly Entry[])[];
  private readonly depths: ReadonlyMap<string, number>;

  constructor(
    private readonly logged: LoggedKernel,
    /** Of each thread, its entries as they were written down; threads of a workgroup lie side by side. */
    words: readonly Uint32Array[],
    /** Threads of a workgroup. */
    private readonly size: number,
    /** Numbers in each binding. */
    private readonly lengths: ReadonlyMap<string, number>,
  ) {
    this.threads = words.map((diary) => entriesOf(logged.sites, diary));
    this.depths = new Map(logged.arrays.map(({ name, depth }) => [name, depth]));
  }

  /** The first access past the end of a binding or of an array in workgroup memory, in words. */
  outOfBounds(): string | undefined {
    const sides = new Map<string, readonly (number | undefined)[]>(
      [...this.lengths].map(([name, length]) => [name, [Math.floor(length / this.widthOf(name))]]),
    );
    for (const { name, depth, sides: own } of this.logged.arrays) if (depth > 0) sides.set(name, own);
    for (const [thread, entries] of this.threads.entries())
      for (const { site, index } of entries) {
        const ends = sides.get(site.name) ?? [];
        const found = indicesOf(this.depths.get(site.name) ?? 1, index);
        const axis = found.findIndex((one, i) => one >= (ends[i] ?? Infinity));
        if (axis < 0) continue;
        const does = site.kind === 'read' ? 'reads' : 'writes';
        const what =
          index === MOST_INDEX ? `${site.name} before its beginning` : this.elementText(site.name, index);
        return `Line ${site.line}: ${this.who(thread)} ${does} ${what}, and ${site.name} has ${(ends[axis] ?? 0).toLocaleString('en-US')} ${axis === 1 ? 'columns' : 'elements'}.`;
      }
    return undefined;
  }

  /** The first two threads that touch an element with nothing between them that says who is first, one of them writing; in words. */
  race(): string | undefined {
    return this.raceAmong(true) ?? this.raceAmong(false);
  }

  /** How many numbers of a binding are read, by all threads together; or how often one of all workgroup memory is. */
  reads(of: string | { readonly space: 'workgroup' }): number {
    const width = typeof of === 'string' ? this.widthOf(of) : 1;
    return (
      width * this.threads.reduce((sum, entries) => sum + entries.filter((one) => isRead(one, of)).length, 0)
    );
  }

  /** The thread that reads most of a binding, and how many numbers. */
  busiest(binding: string): { readonly thread: string; readonly reads: number } {
    const reads = this.threads.map((entries) => entries.filter((one) => isRead(one, binding)).length);
    const most = Math.max(0, ...reads);
    return { thread: this.who(reads.indexOf(most)), reads: most * this.widthOf(binding) };
  }

  /**
   * How many stretches of 128 bytes 32 neighbouring threads touch at once in the most scattered place that touches a binding, on average,
   * and the line of that place. 1 is the best that there is for 32 floats.
   */
  scatter(binding: string): { readonly stretches: number; readonly line: number } {
    const bundles = new Map<string, { readonly site: Site; readonly touched: Set<number> }>();
    for (const [thread, entries] of this.threads.entries()) {
      const times = new Map<number, number>();
      const bundle = `${Math.floor(thread / this.size)} ${Math.floor((thread % this.size) / BUNDLE)}`;
      for (const { site, place, index } of entries) {
        if (site.name !== binding) continue;
        const time = times.get(place) ?? 0;
        times.set(place, time + 1);
        const key = `${bundle} ${place} ${time}`;
        const found = bundles.get(key) ?? { site, touched: new Set() };
        found.touched.add(Math.floor((4 * index * this.widthOf(binding)) / LINE_BYTES));
        bundles.set(key, found);
      }
    }
    const sites = new Map<Site, number[]>();
    for (const { site, touched } of bundles.values())
      sites.set(site, [...(sites.get(site) ?? []), touched.size]);
    const found = [...sites].map(([{ line }, sizes]) => ({
      line,
      stretches: sizes.reduce((sum, size) => sum + size, 0) / sizes.length,
    }));
    return found.sort((a, b) => b.stretches - a.stretches)[0] ?? { line: 0, stretches: 0 };
  }

  /** Races of threads of one workgroup between two barriers, or of any threads of different workgroups, which nothing orders. */
  private raceAmong(isWithin: boolean): string | undefined {
    const seen = new Map<string, Touched>();
    for (const [thread, entries] of this.threads.entries()) {
      const workgroup = Math.floor(thread / this.size);
      for (const { site, index, phase } of entries) {
        if (!isWithin && site.space === 'workgroup') continue;
        const key = `${site.name} ${index} ${isWithin ? `${workgroup} ${phase}` : ''}`;
        const touched = seen.get(key) ?? {};
        seen.set(key, touched);
        const writes = site.kind !== 'read';
        const agent = isWithin ? thread : workgroup;
        const other =
          rival(touched.writer, agent) ??
          (writes ? (rival(touched.reader, agent) ?? rival(touched.second, agent)) : undefined);
        if (other) return this.raceText(other, { agent, thread, site }, index, isWithin);
        if (writes) touched.writer ??= { agent, thread, site };
        else if (!touched.reader) touched.reader = { agent, thread, site };
        else if (touched.reader.agent !== agent) touched.second ??= { agent, thread, site };
      }
    }
    return undefined;
  }

  private raceText(first: Touch, second: Touch, index: number, isWithin: boolean): string {
    const [writer, other] = first.site.kind === 'read' ? [second, first] : [first, second];
    const does = other.site.kind === 'read' ? 'reads' : 'writes';
    const between = isWithin ? 'with no barrier between' : 'and nothing orders the threads of two workgroups';
    return `${cap(this.who(writer.thread))} writes ${this.elementText(writer.site.name, index)} in line ${writer.site.line}, ${this.who(other.thread)} ${does} it in line ${other.site.line}, ${between}: which comes first is chance.`;
  }

  private widthOf = (name: string): number => this.logged.widths.get(name) ?? 1;

  private elementText = (name: string, index: number): string =>
    `${name}${placeText(this.depths.get(name) ?? 1, index)}`;

  private who = (thread: number): string =>
    `thread ${thread % this.size} of workgroup ${Math.floor(thread / this.size)}`;
}

interface Touch {
  /** Who is not ordered: a thread, or a workgroup. */
  readonly agent: number;
  readonly thread: number;
  readonly site: Site;
}

interface Touched {
  writer?: Touch;
  reader?: Touch;
  second?: Touch;
}

const rival = (touch: Touch | undefined, agent: number): Touch | undefined =>
  touch && touch.agent !== agent ? touch : undefined;

const isRead = ({ site }: Entry, of: string | { readonly space: 'workgroup' }): boolean =>
  site.kind !== 'write' && (typeof of === 'string' ? site.name === of : site.space === of.space);

const cap = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function entriesOf(sites: readonly Site[], diary: Uint32Array): Entry[] {
  const phases = { workgroup: 0, storage: 0 };
  const entries: Entry[] = [];
  for (const word of diary) {
    if (word === 0) break;
    const place = (word >>> PLACE) - 1;
    if (place === WORKGROUP_BARRIER) phases.workgroup += 1;
    else if (place === STORAGE_BARRIER) phases.storage += 1;
    const site = sites[place];
    if (site) entries.push({ site, place, index: word & MOST_INDEX, phase: phases[site.space] });
  }
  return entries;
}
