/**
 * Which algorithm is faster, from times that scatter. All take their turns, round by round, so that what slows a machine down
 * for a while slows all of them down; and the rule's choice stays unless another one beats it in most of the rounds.
 */
import { median } from '../../median.ts';

/** How much faster, and in which share of the rounds, an algorithm must be to take the place of the rule's. */
const MARGIN = 0.03;
const ROUNDS_WON = 0.75;

/**
 * The best of the algorithms whose times a round these are, or undefined where none beats `rule` by more than the noise: by
 * 3 % in three of four rounds. An algorithm that left the race early has fewer times and is compared in its rounds only.
 */
export function fasterThan(rule: string, times: ReadonlyMap<string, readonly number[]>): string | undefined {
  const ruleTimes = times.get(rule) ?? [];
  let best: { readonly name: string; readonly ratio: number } | undefined;
  for (const [name, own] of times) {
    if (name === rule || own.length === 0) continue;
    const ratios = own.map((time, round) => time / (ruleTimes[round] ?? NaN)).sort((a, b) => a - b);
    const mostRounds = ratios[Math.ceil(ROUNDS_WON * ratios.length) - 1] ?? NaN;
    const ratio = median(ratios);
    if (mostRounds <= 1 - MARGIN && ratio < (best?.ratio ?? Infinity)) best = { name, ratio };
  }
  return best?.name;
}
