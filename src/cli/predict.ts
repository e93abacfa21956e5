// `graft predict`: what a model sees on photos, for people or, as JSON or CSV, for other programs. A model that graft trained
// brings its classes and its size along; plain ImageNet weights answer with the thousand classes that they were trained on.
import { mkdir, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { Option, type Command } from 'commander';
import { printable } from '../format.ts';
import { nodeFiles } from '../platform/node/files.ts';
import { checkOutput, writeOutput } from '../platform/node/output-file.ts';
import { overlayName, overlayPicture } from '../run/explain.ts';
import type { RunEvent } from '../run/events.ts';
import {
  predict,
  predictionCsv,
  predictionCsvHeader,
  predictionJson,
  unlikeText,
  type Prediction,
  type PredictRequest,
} from '../run/predict.ts';
import { weightsText } from '../run/texts.ts';
import { addCommand, exitCodes, runAndExit, UsageError } from './command.ts';
import { commandHost } from './device.ts';
import { wholeNumber } from './options.ts';
import { colours as pc } from './terminal/colours.ts';
import { aligned } from './terminal/format.ts';

interface PredictOptions extends Omit<PredictRequest, 'photos' | 'explain'> {
  /** The folder for overlays. */
  readonly explain?: string;
  readonly json?: true;
  readonly csv?: true;
}

/** Adds `graft predict` to the program. */
export function addPredictCommand(program: Command): void {
  addCommand(program, 'predict', {
    description: 'Say what is on photos.',
    examples: [
      '--model runs/photos photo.jpg',
      '--model runs/photos --json new-photos > found.jsonl',
      '--model runs/photos --explain looked photo.jpg',
      '--model runs/photos -- -strange-name-.jpg',
    ],
    notes: 'Folders and their subfolders are searched for .jpg, .jpeg and .png files.',
  })
    .requiredOption('--model <path>', 'a run of train, a model file, or plain ImageNet weights')
    .option('--top <k>', 'classes to show (default: 1; with ImageNet weights 5)', wholeNumber(1))
    .addOption(new Option('--json', 'print one JSON object per photo, each on its own line').conflicts('csv'))
    .option('--csv', 'print comma-separated values with a header line')
    .option('--half', 'store the network in 16-bit floats: less memory, logits to three digits')
    .option(
      '--explain <dir>',
      'write each photo with what spoke for its class over it, into a folder of its own (Grad-CAM)',
    )
    .argument('<photos...>', 'JPEG or PNG files, or folders of them')
    .action((photos: string[], options: PredictOptions) => runAndExit(() => printAll(photos, options)));
}

async function printAll(
  photos: readonly string[],
  { json, csv, explain, ...options }: PredictOptions,
): Promise<number> {
  if (explain !== undefined) await checkFolder(explain, photos);
  const request = { ...options, photos, explain: explain !== undefined };
  const taken = new Set<string>();
  const show = json ? predictionJson : csv ? predictionCsv : asText;
  let [failed, isFirst] = [0, true];
  for await (const prediction of predict(commandHost(), request, showWeights)) {
    if (csv && isFirst) console.log(predictionCsvHeader);
    isFirst = false;
    const text = show(prediction);
    if (text) console.log(text);
    if (!prediction.reason) {
      if (explain !== undefined && prediction.looked)
        await writeOutput(
          join(explain, overlayName(prediction.path, taken)),
          overlayPicture(prediction.looked, { least: LEAST_OVERLAY }).bytes,
        );
      continue;
    }
    failed += 1;
    console.error(`${pc.red('error:')} ${printable(prediction.path)} ${printable(prediction.reason)}`);
  }
  return failed > 0 ? exitCodes.failed : exitCodes.done;
}

/** On stderr, since other programs may read what follows. */
function showWeights(event: RunEvent): void {
  if (event.kind === 'weights') console.error(pc.dim(printable(weightsText(event.source, event.notes))));
}

/** The longer side of an overlay in pixels, at least: networks see smaller pictures than people like to. */
const LEAST_OVERLAY = 256;

/** Throws now, and not after the work, where overlays cannot be written or would lie among the photos. */
async function checkFolder(folder: string, photos: readonly string[]): Promise<void> {
  const kind = await nodeFiles.kind(folder);
  if (kind !== 'missing' && kind !== 'directory')
    throw new UsageError(`${printable(folder)} is a file, not a folder.`, 'Give --explain a folder.');
  const real = (path: string) => realpath(path).catch(() => resolve(path));
  const target = await real(folder);
  for (const photo of photos) {
    const isFolder = (await nodeFiles.kind(photo)) === 'directory';
    const way = relative(isFolder ? await real(photo) : dirname(await real(photo)), target);
    const isWithin = way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
    if (isFolder ? isWithin : way === '')
      throw new UsageError(
        `${printable(folder)} holds photos that are read; what is written there would be among them.`,
        'Give --explain a folder of its own, such as looked.',
      );
  }
  await checkOutput(join(folder, 'photo.png'), undefined, 1e6);
  await mkdir(folder, { recursive: true });
}

function asText({ path, ranked, familiarity, reason }: Prediction): string {
  if (reason) return '';
  const lines = ranked.map((one) => `${aligned(one.probability)}  ${printable(one.class)}`);
  const unlike = unlikeText(familiarity);
  const warning = unlike === undefined ? [] : [`  ${pc.yellow(unlike)}`];
  if (lines.length === 1) return [`${printable(path)}  ${lines.join('')}`, ...warning].join('\n');
  return [pc.bold(printable(path)), ...lines.map((line) => `  ${line}`), ...warning].join('\n');
}
