/**
 * A kernel's text with a diary for each thread: every element of a binding or of workgroup memory that it reads or writes, and every
 * barrier that it comes to, in order. Whether threads race, reach past an end or read more than they need then follows from what they
 * did, and not from what a device happened to make of it: on an adapter that runs threads one after the other, most mistakes give the right
 * result.
 *
 * Not seen are accesses through pointers and of atomics, which cannot race. The text is changed at its tokens and gains no line.
 */
import { write, type Kernel } from '../../gpu/index.ts';
import { tokensOf } from '../kernels/tokens.ts';
import { asFunction, entryOf, mainOf, moveParams, THREADS } from '../lab/instrument.ts';
import { guardLoops } from '../lab/loops.ts';
import { changed, closing, NOTES, type Change, type Token } from '../lab/text.ts';

/** A place in the text that touches an element. */
export interface Site {
  readonly name: string;
  readonly space: 'storage' | 'workgroup';
  readonly kind: 'read' | 'write' | 'update';
  readonly line: number;
}

/** A variable in workgroup memory. */
export interface WorkgroupArray {
  readonly name: string;
  /** How many arrays are nested: 0 where it is a single value. */
  readonly depth: number;
  /** Where it can be read off the text: elements of the outer array and of that within. */
  readonly sides: readonly (number | undefined)[];
}

export interface LoggedKernel {
  /** Binds the diaries after the kernel's own bindings. */
  readonly kernel: Kernel;
  readonly sites: readonly Site[];
  readonly arrays: readonly WorkgroupArray[];
  /** Numbers of an element of each binding, as the text declares it: 4 where it is a `vec4f`. */
  readonly widths: ReadonlyMap<string, number>;
  /** The lines that loops begin in. */
  readonly loops: readonly number[];
}

/** The diaries' storage begins with the loop that was left, the words that a thread has, and the threads of a workgroup. */
export const HEAD = 3;
/** An entry has the place plus 1 in its upper 8 bits, so that a zero is the end of a diary, and the element in the lower 24, of which an array of arrays uses 12 for each. */
export const PLACE = 24;
export const MOST_INDEX = 2 ** PLACE - 1;
const ROW = 12;
/** Places that are barriers. */
export const WORKGROUP_BARRIER = 254;
export const STORAGE_BARRIER = 253;

/** The kernel of this text with diaries; undefined for a text without a `main`, with names of the diary's, or with too many places. */
export function withLog(kernel: Kernel, code: string): LoggedKernel | undefined {
  const tokens = tokensOf(code);
  const main = mainOf(tokens);
  if (!main || tokens.some(({ text }) => text.startsWith('lab_'))) return undefined;
  const arrays = workgroupArrays(tokens);
  const { sites, changes } = noteSites(kernel, arrays, tokens);
  if (sites.length >= STORAGE_BARRIER) return undefined;
  const guarded = guardLoops(tokens);
  const all = [
    ...changes,
    ...noteBarriers(tokens),
    ...asArrays(arrays, tokens),
    ...guarded.changes,
    ...asFunction(tokens, main),
    ...moveParams(tokens, kernel.bindings.length),
  ];
  const entry = entryOf(code, tokens, main, guarded.hasWaits, { before: '  lab_begin();\n' });
  return {
    kernel: {
      ...kernel,
      name: `${kernel.name}, logged`,
      code: [changed(code, all), helpersOf(kernel.bindings.length, sites.length), entry].join('\n'),
      bindings: [...kernel.bindings, [NOTES, write('atomic<u32>')]],
    },
    ...{ sites, arrays, widths: widthsOf(kernel, tokens), loops: guarded.lines },
  };
}

/** Threads of a workgroup along each axis, as far as the text says so in numbers or by the names of constants. */
export function workgroupSizeOf(code: string): readonly [number, number, number] | undefined {
  const tokens = tokensOf(code);
  const at = tokens.findIndex(({ text }) => text === '@workgroup_size');
  if (at < 0) return undefined;
  const sides: (number | undefined)[] = [];
  for (let i = at + 2; i < closing(tokens, at + 1); i += 2)
    sides.push(/^[,)]$/.test(tokens[i + 1]?.text ?? '') ? numberOf(tokens, tokens[i]) : undefined);
  const [x, y = 1, z = 1] = sides;
  return x === undefined || sides.includes(undefined) ? undefined : [x, y, z];
}

/** What a number or the name of a constant is worth. */
function numberOf(tokens: readonly Token[], token: Token | undefined): number | undefined {
  if (token?.kind === 'number') return Number.parseInt(token.text, 10);
  const at = tokens.findIndex(({ text }, i) => text === token?.text && tokens[i - 1]?.text === 'const');
  if (at < 0) return undefined;
  const equals = tokens.findIndex(({ text }, i) => i > at && text === '=');
  const value = tokens[equals + 1];
  return value?.kind === 'number' && tokens[equals + 2]?.text === ';'
    ? Number.parseInt(value.text, 10)
    : undefined;
}

/** What `name: array<element>` says of each binding; 1 where it is not to be found. */
function widthsOf({ bindings }: Kernel, tokens: readonly Token[]): ReadonlyMap<string, number> {
  return new Map(
    bindings.map(([name]) => {
      const at = tokens.findIndex(
        ({ text }, i) => text === name && tokens[i + 1]?.text === ':' && tokens[i + 2]?.text === 'array',
      );
      const lanes = Number(/^vec(\d)/.exec(tokens[at + 4]?.text ?? '')?.[1] ?? 1);
      return [name, lanes === 3 ? 4 : lanes]; // a vec3 takes the place of four
    }),
  );
}

/** The variables of workgroup memory that are no atomics. */
function workgroupArrays(tokens: readonly Token[]): WorkgroupArray[] {
  return tokens.flatMap(({ text }, i): WorkgroupArray[] => {
    if (text !== 'workgroup' || tokens[i - 1]?.text !== '<' || tokens[i - 2]?.text !== 'var') return [];
    const end = tokens.findIndex((token, k) => k > i && token.text === ';');
    const type = tokens.slice(i + 4, end);
    if (type.some((token) => token.text === 'atomic')) return [];
    let depth = 0;
    while (type[2 * depth]?.text === 'array') depth += 1;
    // `array<array<f32, 16>, 8>`: the sides stand behind the commas, the inner one first.
    const sides = type.flatMap((token, k) => (token.text === ',' ? [numberOf(tokens, type[k + 1])] : []));
    return [{ name: tokens[i + 2]?.text ?? '', depth, sides: sides.reverse() }];
  });
}

/** A single value becomes an array of one, so that what touches it has an index to note. */
const asArrays = (arrays: readonly WorkgroupArray[], tokens: readonly Token[]): Change[] =>
  arrays
    .filter(({ depth }) => depth === 0)
    .flatMap(({ name }) => {
      const at = declarationOf(tokens, name);
      const end = tokens.findIndex(({ text }, i) => i > at && text === ';');
      const [type, semicolon] = [tokens[at + 2], tokens[end]];
      return type && semicolon
        ? [
            { at: type.at, text: 'array<' },
            { at: semicolon.at, text: ', 1>' },
          ]
        : [];
    });

const declarationOf = (tokens: readonly Token[], name: string): number =>
  tokens.findIndex(
    ({ text }, i) => text === name && tokens[i - 1]?.text === '>' && tokens[i - 2]?.text === 'workgroup',
  );

function noteSites(kernel: Kernel, arrays: readonly WorkgroupArray[], tokens: readonly Token[]) {
  const depths = new Map(arrays.map(({ name, depth }) => [name, depth]));
  const bindings = kernel.bindings.filter(([, { element }]) => !element.includes('atomic'));
  for (const [name] of bindings) depths.set(name, 1);
  const sites: Site[] = [];
  const changes: Change[] = [];
  tokens.forEach((token, i) => {
    const depth = depths.get(token.text);
    const before = tokens[i - 1]?.text;
    if (depth === undefined || before === '.' || i === declarationOf(tokens, token.text)) return;
    const opens: number[] = [];
    for (let at = i + 1; opens.length < depth && tokens[at]?.text === '['; at = closing(tokens, at) + 1)
      opens.push(at);
    if (opens.length < depth || depth > 2) return;
    const last = opens.at(-1);
    const place = sites.length;
    const isShared = before === '&' && tokens[i - 3]?.text === 'workgroupUniformLoad';
    const note = isShared ? 'lab_uniform' : 'lab_see';
    if (last === undefined) {
      changes.push({ at: token.at + token.text.length, text: `[${note}(${place}u, 0u)]` });
    } else {
      opens.forEach((open, k) => {
        const call = depth === 2 ? (k === 0 ? 'lab_outer' : 'lab_inner') : note;
        changes.push({ at: (tokens[open]?.at ?? 0) + 1, text: `${call}(${place}u, u32(` });
        changes.push({ at: tokens[closing(tokens, open)]?.at ?? 0, text: '))' });
      });
    }
    const space = arrays.some(({ name }) => name === token.text) ? 'workgroup' : 'storage';
    const end = last === undefined ? i + 1 : closing(tokens, last) + 1;
    sites.push({ name: token.text, space, kind: kindOf(tokens, end), line: token.line });
  });
  return { sites, changes };
}

/** What is done to the element that ends before `from`, its components included. */
function kindOf(tokens: readonly Token[], from: number): Site['kind'] {
  let i = from;
  for (;;) {
    const text = tokens[i]?.text ?? '';
    if (text === '.') i += 2;
    else if (text === '[') i = closing(tokens, i) + 1;
    else if (text === '=') return 'write';
    else return /^([-+*/%&|^]|<<|>>)=$|^\+\+$|^--$/.test(text) ? 'update' : 'read';
  }
}

const noteBarriers = (tokens: readonly Token[]): Change[] =>
  tokens.flatMap(({ text, at }) => {
    if (text === 'workgroupBarrier') return [{ at, text: `lab_note(${WORKGROUP_BARRIER}u, 0u); ` }];
    return text === 'storageBarrier' ? [{ at, text: `lab_note(${STORAGE_BARRIER}u, 0u); ` }] : [];
  });

/** What stands in the text a hundred times is compiled a hundred times: so it notes without a branch. */
function helpersOf(binding: number, sites: number): string {
  return `
@group(0) @binding(${binding}) var<storage, read_write> ${NOTES}: array<atomic<u32>>;
var<private> lab_thread: u32;
var<private> lab_turns: u32;
var<private> lab_next: u32;
var<private> lab_last: u32;
var<private> lab_rows: array<u32, ${Math.max(1, sites)}>;
fn lab_begin() {
  let number = lab_thread - 1u;
  let diary = (number / ${THREADS}u) * atomicLoad(&${NOTES}[2]) + number % ${THREADS}u;
  lab_next = ${HEAD}u + diary * atomicLoad(&${NOTES}[1]);
  lab_last = lab_next + atomicLoad(&${NOTES}[1]) - 1u;
}
fn lab_note(place: u32, index: u32) {
  atomicStore(&${NOTES}[lab_next], ((place + 1u) << ${PLACE}u) | min(index, ${MOST_INDEX}u));
  lab_next = min(lab_next + 1u, lab_last);
}
fn lab_see(place: u32, index: u32) -> u32 {
  lab_note(place, index);
  return index;
}
fn lab_uniform(place: u32, index: u32) -> u32 {
  lab_note(${WORKGROUP_BARRIER}u, 0u);
  lab_note(place, index);
  lab_note(${WORKGROUP_BARRIER}u, 0u);
  return index;
}
fn lab_outer(place: u32, index: u32) -> u32 {
  lab_rows[place] = min(index, ${2 ** ROW - 1}u) << ${ROW}u;
  return index;
}
fn lab_inner(place: u32, index: u32) -> u32 {
  lab_note(place, lab_rows[place] | min(index, ${2 ** ROW - 1}u));
  return index;
}
fn lab_endless(loop_number: u32, most: u32) -> bool {
  lab_turns += 1u;
  if (lab_turns == most + 1u) { atomicMax(&${NOTES}[0], loop_number); }
  if (lab_turns > most) { return true; }
  return (lab_turns & 1023u) == 0u && atomicLoad(&${NOTES}[0]) != 0u;
}
`;
}

/** An element's place as it is written in the text: `[3]`, `[2][7]`, nothing for a single value. */
export function placeText(depth: number, index: number): string {
  if (depth === 0) return '';
  if (depth === 1) return `[${index}]`;
  return `[${index >> ROW}][${index & (2 ** ROW - 1)}]`;
}

/** The outer and the inner index of an entry's element. */
export const indicesOf = (depth: number, index: number): readonly number[] =>
  depth === 2 ? [index >> ROW, index & (2 ** ROW - 1)] : [index];
