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
/** For each access follow how often it was past the end, and an index with which it was; then a word for each owned element. */
export const PER_ACCESS = 2;
/** A thread is known by its workgroup's number times this, plus its own within it, plus 1. */
export const THREADS = 1024;

/** Elements whose writers are noted at most. */
const MOST_OWNED = 2 ** 22;

/** The bytes of a notebook. */
export const notebookBytes = ({ accesses, ownedElements }: Instrumented): number =>
  4 * (HEAD + PER_ACCESS * accesses.length + ownedElements);

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
    ...noteThread(tokens, main, guarded.hasWaits),
    ...moveParams(tokens, kernel.bindings.length),
  ];
  const helpers = helpersOf(kernel.bindings.length, accesses.length, ownedElements, guarded.hasWaits);
  return {
    kernel: {
      ...kernel,
      name: `${kernel.name}, traced`,
      code: `${changed(code, all)}\n${helpers}`,
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

export interface Main {
  /** Of the parentheses and the brace that follow its name. */
  readonly open: number;
  readonly close: number;
  readonly body: number;
}

export function mainOf(tokens: readonly Token[]): Main | undefined {
  const name = tokens.findIndex((token, i) => token.text === 'main' && tokens[i - 1]?.text === 'fn');
  if (name < 0) return undefined;
  const close = closing(tokens, name + 1);
  const body = close + 1;
  return tokens[body]?.text === '{' ? { open: name + 1, close, body } : undefined;
}

/** What a thread must know to tell its number, by the builtin's name. */
const BUILTINS = {
  workgroup_id: ['lab_workgroup', 'vec3u'],
  num_workgroups: ['lab_workgroups', 'vec3u'],
  local_invocation_index: ['lab_lane', 'u32'],
} as const;

/** Lets `main` begin by noting its thread, with the builtins that it has and those that it lacks. */
export function noteThread(tokens: readonly Token[], { open, close, body }: Main, hasWaits: boolean): Change[] {
  const given = new Map<string, string>();
  for (let i = open; i < close; i++)
    if (tokens[i]?.text === '@builtin') given.set(tokens[i + 2]?.text ?? '', tokens[i + 4]?.text ?? '');
  const missing = Object.entries(BUILTINS).filter(([builtin]) => !given.has(builtin));
  const added = missing.map(([builtin, [name, type]]) => `@builtin(${builtin}) ${name}: ${type}`).join(', ');
  const before = tokens[close - 1]?.text;
  const comma = added === '' || before === '(' || before === ',' ? '' : ', ';
  const of = (builtin: keyof typeof BUILTINS) => given.get(builtin) ?? BUILTINS[builtin][0];
  const [id, count, lane] = [of('workgroup_id'), of('num_workgroups'), of('local_invocation_index')];
  const number = `((${id}.z * ${count}.y + ${id}.y) * ${count}.x + ${id}.x)`;
  // Where a workgroup was stopped, those that come later need not begin: all of its threads leave together.
  const leave = `if (${lane} == 0u) { lab_stop = atomicLoad(&${NOTES}[0]); } if (workgroupUniformLoad(&lab_stop) != 0u) { return; }`;
  return [
    { at: tokens[close]?.at ?? 0, text: comma + added },
    {
      at: (tokens[body]?.at ?? 0) + 1,
      text: ` lab_thread = ${number} * ${THREADS}u + ${lane} + 1u; ${hasWaits ? leave : ''}`,
    },
  ];
}

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

function helpersOf(binding: number, accesses: number, owned: number, hasWaits: boolean): string {
  const first = HEAD + PER_ACCESS * accesses;
  return `
@group(0) @binding(${binding}) var<storage, read_write> ${NOTES}: array<atomic<u32>>;
var<private> lab_thread: u32;
var<private> lab_turns: u32;
${hasWaits ? 'var<workgroup> lab_stop: u32;' : ''}
fn lab_at(access: u32, index: u32, length: u32) -> u32 {
  if (index >= length) {
    atomicAdd(&${NOTES}[${HEAD}u + access * ${PER_ACCESS}u], 1u);
    atomicStore(&${NOTES}[${HEAD + 1}u + access * ${PER_ACCESS}u], index);
  }
  return index;
}
fn lab_put(access: u32, index: u32, length: u32) -> u32 {
  if (index < min(length, ${owned}u)) {
    let before = atomicExchange(&${NOTES}[${first}u + index], lab_thread);
    if (before != 0u && before != lab_thread) {
      atomicAdd(&${NOTES}[1], 1u);
      atomicStore(&${NOTES}[2], index);
    }
  }
  return lab_at(access, index, length);
}
fn lab_endless(loop_number: u32, most: u32) -> bool {
  lab_turns += 1u;
  if (lab_turns == most + 1u) { atomicMax(&${NOTES}[0], loop_number); }
  if (lab_turns > most) { return true; }
  return (lab_turns & 1023u) == 0u && atomicLoad(&${NOTES}[0]) != 0u;
}
`;
}
