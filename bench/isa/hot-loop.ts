// Where a matrix product spends its time, and how much of that is multiplying: finds the loop with the multiply-adds in a
// kernel's blocks and counts what it executes.
import type { Block, Instruction } from './compiled.ts';

/** What one turn of a loop executes. */
export interface LoopCount {
  /** Multiply-adds of floats; each half of a dual instruction is one. */
  readonly fmas: number;
  /** Operations: instructions, with a dual one counted as the two that it is. */
  readonly operations: number;
  /** Instructions on workgroup memory, and on buffers. */
  readonly lds: number;
  readonly memory: number;
}

/** The share of operations that are multiply-adds, 0 … 1. */
export const fmaShare = ({ fmas, operations }: LoopCount): number =>
  operations === 0 ? 0 : fmas / operations;

/** A run of blocks that a jump from its last leads back to its first. */
export type Loop = readonly Block[];

/**
 * The innermost loop that holds at least half the multiply-adds of the busiest; undefined if no loop has one. A loop
 * that the driver has unrolled is part of the one around it, with all that stands there.
 */
export function hotLoop(blocks: readonly Block[]): Loop | undefined {
  const loops = loopsOf(blocks);
  const most = Math.max(0, ...loops.map((loop) => count(loop).fmas));
  return loops
    .filter((loop) => most > 0 && count(loop).fmas * 2 >= most)
    .sort((a, b) => count(a).operations - count(b).operations)[0];
}

/**
 * A turn of the loop around the hot one, in which a matrix product fetches what the hot loop then multiplies: the hot loop's
 * turns count as often as they are made. The hot loop itself where it does the fetching; undefined if its number of
 * turns cannot be read from the code.
 */
export function countWithStaging(blocks: readonly Block[], hot: Loop): LoopCount | undefined {
  const once = count(hot);
  if (once.memory > 0) return once;
  const turns = turnsOf(hot);
  const around = loopsOf(blocks)
    .filter((loop) => loop.length > hot.length && hot.every((block) => loop.includes(block)))
    .sort((a, b) => count(a).operations - count(b).operations)[0];
  if (turns === undefined || !around) return undefined;
  const whole = count(around);
  const repeated = (key: keyof LoopCount): number => whole[key] + (turns - 1) * once[key];
  return {
    fmas: repeated('fmas'),
    operations: repeated('operations'),
    lds: repeated('lds'),
    memory: repeated('memory'),
  };
}

/** Counts a turn of a loop, as if every jump in it were taken on. */
export function count(loop: Loop): LoopCount {
  const counts = { fmas: 0, operations: 0, lds: 0, memory: 0 };
  for (const { operation, operands } of loop.flatMap(({ instructions }) => instructions)) {
    if (FREE.test(operation)) continue;
    for (const half of `${operation} ${operands}`.split('::')) {
      counts.operations++;
      if (FMA.test(half.trim())) counts.fmas++;
    }
    if (operation.startsWith('ds_')) counts.lds++;
    if (/^(buffer|global|flat|scratch)_/.test(operation)) counts.memory++;
  }
  return counts;
}

/** The loop's assembly for people, without the instructions' bytes. */
export const printLoop = (loop: Loop): string =>
  loop
    .flatMap(({ label, instructions }) => [
      `${label}:`,
      ...instructions.map(({ operation, operands }) => `  ${operation} ${operands}`),
    ])
    .join('\n');

/** Hints to the instruction buffer, which take no turn of any unit. */
const FREE = /^s_(delay_alu|nop|clause|waitcnt\w*|set_inst_prefetch_distance|inst_prefetch)$/;
/** Integer multiply-adds compute addresses and do not count. */
const FMA = /^v_(dual_)?(pk_)?(fma|fmac|fmamk|fmaak|mad|mac|fma_mix\w*)_f(16|32)/;

function loopsOf(blocks: readonly Block[]): Loop[] {
  const positions = new Map(blocks.map(({ label }, i) => [label, i]));
  return blocks.flatMap(({ instructions }, last) =>
    instructions.flatMap((instruction) => {
      const first = positions.get(jumpTarget(instruction) ?? '');
      return first !== undefined && first <= last ? [blocks.slice(first, last + 1)] : [];
    }),
  );
}

/** How often a loop runs that counts a scalar register up from zero, as `for (var i = 0u; i < LIMIT; i += STEP)` does. */
function turnsOf(loop: Loop): number | undefined {
  const instructions = loop.flatMap((block) => block.instructions);
  const operandsOf = (name: string): string[][] =>
    instructions.filter(({ operation }) => operation === name).map(({ operands }) => operands.split(', '));
  for (const [counter, limit] of operandsOf('s_cmp_ge_u32')) {
    const step = operandsOf('s_add_u32').find(([to, from]) => to === counter && from === counter)?.[2];
    const turns = Number(limit) / Number(step);
    if (Number.isInteger(turns)) return turns;
  }
  return undefined;
}

const jumpTarget = ({ operation, operands }: Instruction): string | undefined =>
  /^s_c?branch/.test(operation) ? /BB\d+/.exec(operands)?.[0] : undefined;
