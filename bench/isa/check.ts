// The bars (docs/decisions.md says where they come from): what a kernel must reach on every target.
import type { Compiled } from './compiled.ts';
import { fmaShare, type LoopCount } from './hot-loop.ts';

export const BAR = { fmaShare: 0.8, waves: 8 } as const;

/** Where a kernel misses the bar that all have in common, a clause each. */
export const spilled = ({ spills }: Pick<Compiled, 'spills'>): string[] =>
  spills > 0 ? [`${spills} registers spilled to memory`] : [];

/** Where a matrix product misses its bar, a clause each; empty if it holds. `loop` is its hot loop, if it has one. */
export function misses(
  { spills, waves }: Pick<Compiled, 'spills' | 'waves'>,
  loop: LoopCount | undefined,
): string[] {
  const share = loop ? fmaShare(loop) : 0;
  return [
    ...spilled({ spills }),
    ...(waves < BAR.waves ? [`${waves} waves, fewer than ${BAR.waves}`] : []),
    ...(share < BAR.fmaShare ? [`FMA share ${share.toFixed(3)}, under ${BAR.fmaShare}`] : []),
  ];
}
