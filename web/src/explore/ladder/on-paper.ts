/** The rungs as a usual GPU would run them, for a browser that has none. Loaded when it is needed, as few browsers need it. */
import { STORY } from '../../../../src/bench/ladder.ts';
import { rungFacts } from '../../../../src/bench/traffic.ts';
import { paperGpu } from '../../../../src/gpu/paper.ts';

export const PAPER = { software: false, subgroupSize: 32 } as const;

export const factsOnPaper = () => rungFacts(paperGpu(PAPER), STORY);
