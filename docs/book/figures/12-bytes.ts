/** Chapter 12: the bytes that each rung of the product's ladder asks of memory, read off its grid, and its loads for 64 multiply-adds. */
import { paperGpu, type Gpu } from '../../../src/gpu/index.ts';
import { ladder, matmulFlops, type MatmulRung } from '../../../src/kernels/linear/ladder/index.ts';
import { axes, box, drawing, line, text, type Ink } from './svg.ts';

const SIDE = 1024;
const shape = { rows: SIDE, columns: SIDE, depth: SIDE };
const MIB = 2 ** 20;
const LEAST = (3 * SIDE * SIDE * 4) / MIB;

/** Loads from any memory but registers and the multiply-adds that they feed, as the headers of the rungs count them. */
const FEEDING: Readonly<Record<string, readonly [loads: number, fmas: number]>> = {
  '1-naive': [2, 1],
  '2-coalesced': [2, 1],
  '3-tiled': [2, 1],
  '4-register-tiled': [16, 64],
  '5-vec4': [4, 64],
  '6-subgroup': [6, 256],
};
const INKS: Readonly<Record<string, Ink>> = { '6-subgroup': 'green' };

/** MiB asked of memory: a tile of r × c takes r + c numbers for r · c multiply-adds. */
function asked(gpu: Gpu, rung: MatmulRung): number {
  const matrix = () => gpu.temporary(SIDE * SIDE * 4);
  const [run] = gpu.rehearseRuns(() => rung.run(gpu, { a: matrix(), b: matrix(), c: matrix() }, shape));
  if (!run) throw new Error(`${rung.name} ran nothing.`);
  const [across = 1, down = 1] = run.grid;
  const shares = /var<workgroup>|subgroupBroadcast/.test(run.kernel.code);
  const [r, c] = shares ? [SIDE / down, SIDE / across] : [1, 1];
  return ((matmulFlops(shape) / 2) * 4 * (1 / r + 1 / c)) / MIB;
}

export default function bytes(): Promise<string> {
  const gpu = paperGpu({ software: true, subgroupSize: 8 });
  const rungs = ladder.filter(({ name }) => name in FEEDING);
  const [left, top, row, width] = [150, 62, 34, 360];
  const height = rungs.length * row;
  const powers = [4, 16, 64, 256, 1024, 4096, 16384];
  const { at } = axes([left, top], width, height, { from: 4, to: 16384, log: true, ticks: [], title: '' }, { from: 0, to: 1, ticks: [], title: '' }); // prettier-ignore
  const x = (mebibytes: number) => at(mebibytes, 0)[0];
  const bars = rungs.flatMap((rung, i) => {
    const y = top + i * row;
    const mebibytes = asked(gpu, rung);
    const [loads, fmas] = FEEDING[rung.name] ?? [NaN, NaN];
    return [
      text([left - 12, y + 22], rung.name, { anchor: 'end', size: 13, mono: true }),
      box([left, y + 7], x(mebibytes) - left, 20, INKS[rung.name] ?? 'blue', true),
      text([x(mebibytes) + 8, y + 22], String(mebibytes), { size: 13 }),
      text([658, y + 22], String((64 * loads) / fmas), { anchor: 'end', bold: true }),
    ];
  });
  const bottom = top + height;
  return Promise.resolve(
    drawing(
      {
        height: bottom + 78,
        title: 'What each rung asks of memory',
        description: `${rungs.map((rung) => `${rung.name}: ${asked(gpu, rung)} MiB`).join(', ')}. At least ${LEAST} MiB have to move.`,
      },
      [
        text([12, 24], `MiB that a product of ${SIDE}³ asks of memory`, { bold: true }),
        text([658, 24], 'loads for 64 FMAs', { anchor: 'end', bold: true }),
        ...powers.slice(1, -1).flatMap((power) => [
          `<g opacity="0.35">${line([[x(power), top], [x(power), bottom]], 'faint')}</g>`, // prettier-ignore
          text([x(power), bottom + 20], `${power}`, { anchor: 'middle', size: 13, ink: 'faint' }),
        ]),
        ...bars,
        line([[left, top], [left, bottom]]), // prettier-ignore
        line([[x(LEAST), top - 8], [x(LEAST), bottom + 4]], 'orange', true), // prettier-ignore
        text([x(LEAST), top - 14], `the lower bound: ${LEAST} MiB`, { ink: 'orange', size: 13, anchor: 'middle' }), // prettier-ignore
        text([12, bottom + 46], 'Each mark is four times the one before. Loads: those that feed the FMAs, from memory or workgroup', { size: 13, ink: 'faint' }), // prettier-ignore
        text([12, bottom + 64], 'memory; in 5 and 6 each brings four numbers. Green: for adapters that are CPUs.', { size: 13, ink: 'faint' }), // prettier-ignore
      ],
    ),
  );
}
