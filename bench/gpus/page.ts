// docs/gpus.md, made of the files in bench/reports: a table of adapters, and a section for each report. What stands in a file was written by
// anybody, so that none of it may be more than text on the page.
import type { Row } from '../../src/bench/benchmark.ts';
import { placeOf, type Results } from '../../src/bench/results.ts';
import { standing } from '../../src/bench/roofline.ts';
import { median, spreadOf } from '../../src/bench/statistics.ts';
import { torchRatios } from '../../src/bench/torch-ratios.ts';
import { significant, time } from '../../src/bench/units.ts';
import type { ReportFile } from './read.ts';

const START = '<!-- measured -->';
const END = '<!-- /measured -->';

const FORWARD = ['network.forward', '8×128²'] as const;
const STEP = ['network.train-all', '32×128²'] as const;
/** Kernels of a section: those with the smallest share of what they could reach. */
const FURTHEST = 8;

/** The page with what is made of `reports` between its marks. Throws if it has none. */
export function withReports(page: string, reports: readonly ReportFile[]): string {
  const [before, rest] = [page.indexOf(START), page.indexOf(END)];
  if (before < 0 || rest < before) throw new Error(`The page has no ${START} … ${END}.`);
  return `${page.slice(0, before + START.length)}\n\n${made(reports)}\n${page.slice(rest)}`;
}

function made(reports: readonly ReportFile[]): string {
  const sorted = reports.toSorted((a, b) => rank(b.results) - rank(a.results));
  return [adapters(sorted), ...sorted.map(section)].join('\n');
}

/** GPUs before CPUs in their place, and the fast before the slow. */
const rank = (results: Results): number =>
  (isCpu(results) ? 0 : 1e9) + (imagesPerSecond(find(results, FORWARD)) ?? 0);

const isCpu = ({ adapter: { software, kind } }: Results): boolean => software ?? kind !== 'gpu';

function adapters(reports: readonly ReportFile[]): string {
  const head = [
    ...['adapter', 'kind', 'driver', 'where', 'copy, GB/s', 'FMA, TFLOP/s'],
    ...['forward 8×128²', 'PyTorch', '×', 'step 32×128²', 'PyTorch', '×', 'measured'],
  ];
  const lines = reports.map(({ results }) => [
    plain(results.adapter.name),
    plain(results.adapter.kind),
    plain(results.adapter.driver || 'not told'),
    plain(`${placeOf(results)}${results.system === undefined ? '' : `, ${results.system}`}`),
    significant(results.ceilings.copies.at(-1)?.gbps ?? NaN),
    significant(results.ceilings.gflops / 1000),
    ...beside(results, FORWARD),
    ...beside(results, STEP),
    plain(
      [results.report === 'part' ? 'a part' : '', results.by ?? '', results.date.slice(0, 10)]
        .filter(Boolean)
        .join(', '),
    ),
  ]);
  return table([head, ...lines]);
}

/** graft's images a second, those of PyTorch's fastest way in f32, and how many times as many graft's are. */
function beside(results: Results, name: readonly [string, string]): string[] {
  const own = imagesPerSecond(find(results, name));
  const found = torchRatios(results.rows).find(
    ({ operation, shape }) => `${operation} ${shape}` === name.join(' '),
  );
  const exact = found?.ways.filter(({ way }) => !way.endsWith('TF32')) ?? [];
  const [best] = exact.toSorted((a, b) => a.ratio - b.ratio);
  const number = (value: number | undefined) => (value === undefined ? '' : significant(value));
  return [number(own), number(imagesPerSecond(best?.row)), best ? best.ratio.toFixed(2) : ''];
}

const find = ({ rows }: Results, [operation, shape]: readonly [string, string]): Row | undefined =>
  rows.find((row) => row.operation === operation && row.shape === shape);

const imagesPerSecond = (row: Row | undefined): number | undefined =>
  row && ((row.images ?? NaN) / median(row.wall)) * 1000;

function section({ name, results }: ReportFile): string {
  const { adapter, cpu, cpus, graft, revision } = results;
  const code = `graft ${graft}${revision === undefined ? '' : ` at ${revision}`}`;
  return [
    `## ${plain(adapter.name)}, ${plain(placeOf(results))}`,
    '',
    `${[`[${name}](../bench/reports/${name})`, plain(code), plain(`${cpus} × ${cpu}`)].join(', ')}. ${abilities(results)}`,
    '',
    ...networks(results),
    ...lostSentences(results),
    '',
    'Kernels furthest from the roofline, by the clock on the wall:',
    '',
    furthest(results),
  ].join('\n');
}

function abilities({ adapter, torch, rows }: Results): string {
  const { backend, features, subgroups, matrices } = adapter;
  const lanes = subgroups && [...new Set(subgroups)].join(' to ');
  const sentences = [
    ...(backend === undefined ? [] : [backend]),
    features && (features.length > 0 ? features.join(', ') : 'none of the optional features'),
    lanes && `subgroups of ${lanes}`,
    matrices ? `subgroup matrices ${matrices.map(matrixText).join(', ')}` : 'no subgroup matrices told of',
  ].filter((text) => text !== undefined);
  const first = ['cold', 'warm'].flatMap((how) => {
    const row = rows.find(({ operation }) => operation === `first-step.${how}`);
    return row ? [`${how} ${time(median(row.wall))}`] : [];
  });
  const start = first.length > 0 ? ` A process's first training step: ${first.join(', ')}.` : '';
  const told = plain(sentences.join('; '));
  return `${told.slice(0, 1).toUpperCase()}${told.slice(1)}.${start} ${torchText(torch)}`;
}

const matrixText = ({ componentType, resultComponentType, M, N, K }: Matrix): string =>
  `${componentType} to ${resultComponentType} ${M}×${N}×${K}`;
type Matrix = NonNullable<Results['adapter']['matrices']>[number];

function torchText(torch: Results['torch']): string {
  if (!torch) return 'PyTorch was not measured.';
  const { version, device, kind, runtime, threads } = torch;
  const place = kind === 'cpu' ? `${threads} threads of the CPU` : device || kind;
  return plain(`PyTorch ${version} on ${place}${runtime === '' ? '' : `, ${runtime}`}.`);
}

/** Images a second of every size, f16's forward beside f32's, and each of PyTorch's ways with how many times as fast graft is. */
function networks(results: Results): string[] {
  const ratios = torchRatios(results.rows);
  const ways = [...new Set(ratios.flatMap((one) => one.ways.map(({ way }) => way)))];
  const named = results.rows.filter(({ operation }) =>
    /^network\.(forward|forward-half|train-all)$/.test(operation),
  );
  if (named.length === 0) return ['No network was measured.'];
  const titles = {
    'network.forward': 'forward',
    'network.forward-half': 'forward, stored in f16',
    'network.train-all': 'step',
  } as Readonly<Record<string, string>>;
  const lines = named.map((row) => {
    const beside = ratios.find(({ operation, shape }) => operation === row.operation && shape === row.shape);
    return [
      `${titles[row.operation]} ${plain(row.shape)}`,
      significant(imagesPerSecond(row) ?? NaN),
      spread(row),
      ...ways.map((name) => {
        const found = beside?.ways.find(({ way }) => way === name);
        return found ? `${significant(imagesPerSecond(found.row) ?? NaN)} (×${found.ratio.toFixed(2)})` : '';
      }),
    ];
  });
  return [
    table([
      ['ResNet-18', 'images/s', 'time', ...ways.map((way) => plain(`PyTorch ${way}`))],
      ...lines,
    ]).trimEnd(),
  ];
}

function lostSentences({ lost = [] }: Results): string[] {
  const of = (why: string) => lost.filter((one) => one.why === why).map(({ row }) => plain(row));
  const [memory, failed] = [of('memory'), of('failed')];
  return [
    ...(memory.length > 0 ? ['', `No room for: ${memory.join(', ')}.`] : []),
    ...(failed.length > 0 ? ['', `Failed: ${failed.join(', ')}.`] : []),
  ];
}

function furthest(results: Results): string {
  const { rows, ceilings } = results;
  const kernels = rows.filter(
    ({ group, images, work }) =>
      work && work.bytes > 0 && images === undefined && !group.startsWith('ceiling'),
  );
  const placed = kernels
    .map((row) => ({ row, ...standing(ceilings, row.work ?? { flops: 0, bytes: 0 }, median(row.wall)) }))
    .toSorted((a, b) => a.share - b.share)
    .slice(0, FURTHEST);
  return table([
    ['kernel', 'shape', 'time', 'of the ceiling'],
    ...placed.map(({ row, share, bound }) => [
      plain([row.operation, row.variant].filter((text) => text !== '').join(', ')),
      plain(row.shape),
      spread(row),
      `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} % ${bound}`,
    ]),
  ]);
}

/** `4.9 ms, 4.8 to 5.2`. */
function spread({ wall }: Row): string {
  const { median: middle, low, high } = spreadOf(wall);
  return `${time(middle)} (${time(low)} to ${time(high)})`;
}

function table(lines: readonly (readonly string[])[]): string {
  const [head = []] = lines;
  return [head, head.map(() => '---'), ...lines.slice(1)]
    .map((cells) => `| ${cells.join(' | ')} |\n`)
    .join('');
}

/** Text of strangers as Markdown that shows it and does nothing else: no link, tag, cell or line of their own. */
export const plain = (text: string): string =>
  text
    .replaceAll(/[\p{C}\s]+/gu, ' ')
    .trim()
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[\\`*_{}[\]#|~$]/g, (sign) => `\\${sign}`)
    .replaceAll(/:\/\/|\bwww\./gi, (link) => `${link.slice(0, -1)}&#${link.charCodeAt(link.length - 1)};`)
    .replaceAll('@', '&#64;');
