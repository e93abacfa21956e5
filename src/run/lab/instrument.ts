/**
 * A kernel's text with a notebook: the same kernel, which writes down on the way what would happen in silence. Accesses past the end of a
 * binding, which a browser turns into some other element or drops; which thread wrote which element, and whether two wrote the same; and
 * loops that go round too often, which it leaves, so that a text whose loop never ends can be tried without the GPU being lost to it.
 *
 * The text is changed at its tokens and gains no line. What is not seen: accesses through pointers. A text in which a binding's name means
 * something else may no longer compile; then there is no trace, and nothing else is the matter.
 */
import { write, type Kernel } from '../../gpu/index.ts';
import { tokensOf } from '../kernels/tokens.ts';
import { guardLoops } from './loops.ts';
import { changed, closing, NOTES, type Change, type Token } from './text.ts';

/** A place in the text that reads or writes an element of a binding. */
export interface Access {
  readonly binding: string;
  readonly kind: 'read' | 'write';
  readonly line: number;
}

export interface Instrumented {
  /** Binds the notebook after the kernel's own bindings. */
  readonly kernel: Kernel;
  readonly accesses: readonly Access[];
  /** The lines that loops begin in; the notebook knows loops by their place here, from 1 on. */
  readonly loops: readonly number[];
  /** The binding whose writers are noted, and of how many elements. */
  readonly owned: string | undefined;
  readonly ownedElements: number;
}

/** It begins with the loop that was left, how often a thread wrote what another had written, and one such element. */
export const HEAD = 3;
/** For each access follow how many threads went past the end there first, and an index with which one did; then a word for each owned element. */
export const PER_ACCESS = 2;
/** A thread is known by its workgroup's number times this, plus its own within it, plus 1. */
export const THREADS = 1024;

/** Elements whose writers are noted at most. */
const MOST_OWNED = 2 ** 22;

/** The bytes of a notebook. */
export const notebookBytes = ({ accesses, ownedElements }: Instrumented): number =>
  4 * (HEAD + PER_ACCESS * accesses.length + ownedElements + 1);

/**
 * The kernel with a notebook. `elements` are a binding's, in its own element type. Undefined for a text without a `main`, and for one with
 * names that begin as the notebook's do.
 */
export function instrument(
  kernel: Kernel,
  code: string,
  elements: (binding: string) => number,
): Instrumented | undefined {
  const tokens = tokensOf(code);
  const main = mainOf(tokens);
  if (!main || tokens.some(({ text }) => text.startsWith('lab_'))) return undefined;
  const owned = kernel.bindings.find(
    ([, { access, element }]) => access === 'write' && !element.includes('atomic'),
  )?.[0];
  const ownedElements = owned === undefined ? 0 : Math.min(MOST_OWNED, elements(owned));
  const { accesses, changes } = noteAccesses(kernel, tokens, owned);
  const guarded = guardLoops(tokens);
  const all = [
    // Lanes that leave a loop alone could share nothing any more, says WGSL; none of them does before the run is over.
    { at: 0, text: 'diagnostic(off, subgroup_uniformity); ' },
    ...changes,
    ...guarded.changes,
    ...asFunction(tokens, main),
    ...moveParams(tokens, kernel.bindings.length),
  ];
  const helpers = helpersOf(kernel.bindings.length, accesses.length, ownedElements);
  const entry = entryOf(code, tokens, main, guarded.hasWaits, { after: WRITE_DOWN });
  return {
    kernel: {
      ...kernel,
      name: `${kernel.name}, traced`,
      code: [changed(code, all), helpers, entry].join('\n'),
      bindings: [...kernel.bindings, [NOTES, write('atomic<u32>')]],
    },
    ...{ accesses, loops: guarded.lines, owned, ownedElements },
  };
}

/** Puts an index check into every access of a binding's element. */
function noteAccesses(kernel: Kernel, tokens: readonly Token[], owned: string | undefined) {
  const names = new Set(
    kernel.bindings.filter(([, { element }]) => !element.includes('atomic')).map(([name]) => name),
  );
  const accesses: Access[] = [];
  const changes: Change[] = [];
  tokens.forEach((token, i) => {
    const open = tokens[i + 1];
    if (!names.has(token.text) || tokens[i - 1]?.text === '.' || open?.text !== '[') return;
    const close = closing(tokens, i + 1);
    const end = tokens[close];
    if (!end) return;
    const kind = isAssigned(tokens, close + 1) ? 'write' : 'read';
    const note = kind === 'write' && token.text === owned ? 'lab_put' : 'lab_at';
    changes.push({ at: open.at + 1, text: `${note}(${accesses.length}u, u32(` });
    changes.push({ at: end.at, text: `), arrayLength(&${token.text}))` });
    accesses.push({ binding: token.text, kind, line: token.line });
  });
  return { accesses, changes };
}

/** Whether what ends before `from` is assigned to, its components or parts included. */
function isAssigned(tokens: readonly Token[], from: number): boolean {
  let i = from;
  for (;;) {
    const text = tokens[i]?.text;
    if (text === '.') i += 2;
    else if (text === '[') i = closing(tokens, i) + 1;
    else return /^([-+*/%&|^]|<<|>>)?=$/.test(text ?? '') || text === '++' || text === '--';
  }
}

/** The entry point, by the indices of its tokens. */
export interface Main {
  /** Its first attribute, and `fn`. */
  readonly from: number;
  readonly fn: number;
  readonly parameters: readonly Parameter[];
}

interface Parameter {
  readonly builtin: string;
  readonly name: string;
  readonly type: string;
  /** Of its attribute. */
  readonly from: number;
}

/** Undefined where there is no entry point `main` whose parameters are all builtins. */
export function mainOf(tokens: readonly Token[]): Main | undefined {
  const fn = tokens.findIndex(({ text }, i) => text === 'fn' && tokens[i + 1]?.text === 'main');
  if (fn < 0) return undefined;
  const close = closing(tokens, fn + 2);
  const parameters: Parameter[] = [];
  for (let i = fn + 3; i < close; i++) {
    const [attribute, , builtin, , name, colon, type, end] = tokens.slice(i, i + 8).map(({ text }) => text);
    if (attribute !== '@builtin' || colon !== ':' || (end !== ',' && end !== ')')) return undefined;
    parameters.push({ builtin: builtin ?? '', name: name ?? '', type: type ?? '', from: i });
    i += 7;
  }
  let from = fn;
  while (from > 0 && !/^[;}]$/.test(tokens[from - 1]?.text ?? ';')) from -= 1;
  return { from, fn, parameters };
}

/** Makes the entry point a function like others, so that there is something to do before it and after it, wherever it returns. */
export function asFunction(tokens: readonly Token[], { from, fn, parameters }: Main): Change[] {
  const attributes = tokens.slice(from, fn);
  const inParameters = parameters.flatMap((one) => tokens.slice(one.from, one.from + 4));
  const dropped = [...attributes, ...inParameters].map(({ at, text }) => ({
    at,
    text: '',
    length: text.length,
  }));
  const name = tokens[fn + 1];
  return [...dropped, ...(name ? [{ at: name.at, text: 'lab_main', length: name.text.length }] : [])];
}

/** What a thread must know to tell its number. */
const BUILTINS = [
  { builtin: 'workgroup_id', name: 'lab_workgroup', type: 'vec3u' },
  { builtin: 'num_workgroups', name: 'lab_workgroups', type: 'vec3u' },
  { builtin: 'local_invocation_index', name: 'lab_lane', type: 'u32' },
] as const;

/** The new entry point: notes the thread, and runs the old one between what else there is to do. */
export function entryOf(
  code: string,
  tokens: readonly Token[],
  { from, fn, parameters }: Main,
  hasWaits: boolean,
  { before = '', after = '' }: { readonly before?: string; readonly after?: string },
): string {
  const [begin = 0, end = 0] = [tokens[from]?.at, tokens[fn]?.at];
  const others = parameters.filter((one) => !BUILTINS.some(({ builtin }) => builtin === one.builtin));
  const all = [...BUILTINS, ...others.map((one, i) => ({ ...one, name: `lab_builtin_${i}` }))];
  const declared = all.map(({ builtin, name, type }) => `@builtin(${builtin}) ${name}: ${type}`);
  const given = parameters.map((one) => all.find(({ builtin }) => builtin === one.builtin)?.name ?? '');
  // Where a workgroup was stopped, those that come later need not begin: all threads of one leave together.
  const leave = `
  if (lab_lane == 0u) { lab_stop = atomicLoad(&${NOTES}[0]); }
  if (workgroupUniformLoad(&lab_stop) != 0u) { return; }`;
  return `${hasWaits ? 'var<workgroup> lab_stop: u32;' : ''}
${code.slice(begin, end)} fn main(${declared.join(', ')}) {${hasWaits ? leave : ''}
  let lab_number = (lab_workgroup.z * lab_workgroups.y + lab_workgroup.y) * lab_workgroups.x + lab_workgroup.x;
  lab_thread = lab_number * ${THREADS}u + lab_lane + 1u;
${before}  lab_main(${given.join(', ')});
${after}}`;
}

/** Writes down what a thread has come upon. */
const WRITE_DOWN = `
  if (lab_over != 0u) {
    atomicAdd(&${NOTES}[${HEAD - PER_ACCESS}u + lab_over * ${PER_ACCESS}u], 1u);
    atomicStore(&${NOTES}[${HEAD - PER_ACCESS + 1}u + lab_over * ${PER_ACCESS}u], lab_over_at);
  }
  if (lab_contested != 0u) {
    atomicAdd(&${NOTES}[1], lab_contested);
    atomicStore(&${NOTES}[2], lab_contested_at);
  }
`;

/** Makes room for the notebook: the parameters' binding moves up by one. */
export function moveParams(tokens: readonly Token[], binding: number): Change[] {
  const at = tokens.findIndex(({ text }, i) => text === 'uniform' && tokens[i - 1]?.text === '<');
  for (let i = at; i >= 0 && tokens[i]?.text !== ';'; i--) {
    const number = tokens[i + 2];
    if (tokens[i]?.text === '@binding' && number?.text === String(binding))
      return [{ at: number.at, text: String(binding + 1), length: number.text.length }];
  }
  return [];
}

/**
 * What accesses call. They only remember, and without a branch: kernels are unrolled, and what stands in the text a hundred times has to be
 * compiled a hundred times. A thread knows of the first access alone that went past the end. Behind the elements is a word for writes that do.
 */
function helpersOf(binding: number, accesses: number, owned: number): string {
  return `
@group(0) @binding(${binding}) var<storage, read_write> ${NOTES}: array<atomic<u32>>;
var<private> lab_thread: u32;
var<private> lab_turns: u32;
var<private> lab_over: u32;
var<private> lab_over_at: u32;
var<private> lab_contested: u32;
var<private> lab_contested_at: u32;
fn lab_at(access: u32, index: u32, length: u32) -> u32 {
  let isFirst = index >= length && lab_over == 0u;
  lab_over = select(lab_over, access + 1u, isFirst);
  lab_over_at = select(lab_over_at, index, isFirst);
  return index;
}
fn lab_put(access: u32, index: u32, length: u32) -> u32 {
  let place = min(index, min(length, ${owned}u));
  let before = atomicExchange(&${NOTES}[${HEAD + PER_ACCESS * accesses}u + min(place, ${owned}u)], lab_thread);
  let isContested = place < min(length, ${owned}u) && before != 0u && before != lab_thread;
  lab_contested += select(0u, 1u, isContested);
  lab_contested_at = select(lab_contested_at, index, isContested);
  return lab_at(access, index, length);
}
fn lab_endless(loop_number: u32, most: u32) -> bool {
  lab_turns += 1u;
  if (lab_turns == most + 1u) { atomicMax(&${NOTES}[0], loop_number); }
  if (lab_turns > most) { return true; }
  return (lab_turns & 1023u) == 0u && atomicLoad(&${NOTES}[0]) != 0u;
}`;
}
