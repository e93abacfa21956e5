// `graft bench --report`: what is measured for a report, and what is said about it. Everything that stands in the file also stands in
// docs/gpus.md, which says what a report tells of a machine.
import { catalogue } from '../../bench/catalogue.ts';
import type { Benchmark, Row } from '../../bench/benchmark.ts';
import { BenchError } from '../../bench/errors.ts';
import { sizesFor } from '../../bench/plan.ts';
import { reportRows, reportSizes } from '../../bench/report.ts';
import type { Results, TorchFacts } from '../../bench/results.ts';
import { torchRatios } from '../../bench/torch-ratios.ts';
import { plural, printable } from '../../format.ts';
import type { Gpu } from '../../gpu/index.ts';
import { wrapped } from '../../run/texts.ts';
import { colours as pc } from '../terminal/colours.ts';
import { typed } from '../terminal/invocation.ts';
import { firstStepBenchmarks } from './first-step.ts';
import type { BenchOptions } from './options.ts';
import { openTorch } from './torch/benchmarks.ts';
import { findTorch } from './torch/process.ts';

export interface Report {
  readonly benchmarks: readonly Benchmark[];
  readonly torch: TorchFacts | undefined;
  /** What PyTorch is measured beside it, or why none, for a terminal of `width`. */
  lines(width: number): string[];
}

/** The rows of a report, at the sizes that were asked for or its own; PyTorch's among them where there is one. */
export async function openReport(
  gpu: Gpu,
  options: Pick<BenchOptions, 'batch' | 'size' | 'quick' | 'adapter' | 'torch' | 'list'>,
): Promise<Report> {
  const { kernels, networks } = sizesFor(options);
  const isAsked = options.batch !== undefined || options.size !== undefined || options.quick;
  const sizes = isAsked ? networks : reportSizes(gpu);
  const own = [
    ...reportRows(catalogue(gpu, { kernels, networks: sizes, allVariants: false })),
    ...firstStepBenchmarks(kernels, options.adapter),
  ];
  const [torch, about] = await torchFor(gpu, sizes, options.torch);
  return {
    benchmarks: [...own, ...(torch?.benchmarks ?? [])],
    torch: torch?.facts,
    lines: (width) => [...wrapped(about, width).map((line) => pc.dim(line)), ''],
  };
}

async function torchFor(gpu: Gpu, sizes: Parameters<typeof openTorch>[1], isWanted: boolean) {
  if (!isWanted) return [undefined, 'PyTorch is left out.'] as const;
  const python = findTorch();
  if (python === undefined)
    return [undefined, 'No python3 here has torch: the report will say nothing of PyTorch.'] as const;
  try {
    const torch = await openTorch(python, sizes, { onlyCpu: gpu.software });
    return [torch, `In the same rounds: ${torchText(torch.facts)}`] as const;
  } catch (error) {
    if (!(error instanceof BenchError)) throw error;
    return [undefined, `${printable(error.message)}; it is left out.`] as const;
  }
}

/** `PyTorch 2.5.1 on NVIDIA GeForce RTX 3060, CUDA 12.4`. */
function torchText({ version, kind, device, runtime, threads }: TorchFacts): string {
  const place = kind === 'cpu' ? plural(threads, 'CPU thread') : device || kind.toUpperCase();
  return printable(`PyTorch ${version} on ${place}${runtime === '' ? '' : `, ${runtime}`}`);
}

/** What a report's file has beside a run's; it is whole where nothing but its own rows was asked for. */
export function reportFields(
  { torch }: Report,
  { as, filter, quick, batch, size }: BenchOptions,
  isWhole: boolean,
): Pick<Results, 'report' | 'by' | 'torch'> {
  const isOwn = [filter, quick, batch, size].every((option) => option === undefined);
  return {
    report: isWhole && isOwn ? 'whole' : 'part',
    ...(as !== undefined && { by: as }),
    ...(torch && { torch }),
  };
}

/** PyTorch's time beside graft's, a line a row of graft's. */
export const torchLines = (rows: readonly Row[], width = Infinity): string[] =>
  torchRatios(rows).flatMap(({ operation, shape, ways }) => {
    const all = ways.map(({ way, ratio }) => `${way} ×${ratio.toFixed(2)}`).join(', ');
    return wrapped(`${operation} ${shape}: PyTorch's time ÷ graft's: ${all}`, width - 2).map((line) =>
      pc.dim(`  ${line}`),
    );
  });

export const lostLines = (row: string, message: string, width = Infinity): string[] =>
  wrapped(`${row} is left out: ${printable(message)}`, width).map((line) => pc.yellow(line));

/** What was written, and how to send it in. */
export function sentLines(path: string, text: string, { rows, report }: Results, width = Infinity): string[] {
  const kilobytes = (new TextEncoder().encode(text).length / 1e3).toFixed(0);
  const written = `Written: ${printable(path)}, ${plural(rows.length, 'row')}, ${kilobytes} kB.`;
  const what =
    'It names the adapter, its driver, the system, the processor and the versions of graft, Node and PyTorch; no person, folder or serial number. Read it before you send it.';
  const how =
    report === 'whole'
      ? `To add this GPU to docs/gpus.md, run npm run gpus -- ${printable(path)} in a checkout of graft: it checks the file and puts it into bench/reports. Send that in a pull request.`
      : `It is a part of a report. For docs/gpus.md measure all of it: ${typed('bench')} --report FILE`;
  return ['', ...[pc.bold(written), what, how].flatMap((line) => wrapped(line, width))];
}
