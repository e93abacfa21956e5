// `graft predict`: what a model sees on photos, for people or, as JSON or CSV, for other programs. A model
// that graft trained brings its classes and its size along; plain ImageNet weights answer with the thousand
// classes that they were trained on.
import { Option, type Command } from 'commander';
import { findImages } from '../data/index.ts';
import { nodeFiles } from '../platform/node/files.ts';
import { topK } from '../train/index.ts';
import { classifyPhotos, createClassifier, type Classified } from './model/classifier.ts';
import { colours as pc } from './terminal/colours.ts';
import { addCommand, exitCodes, FileError, runAndExit } from './command.ts';
import { openGpu } from './device.ts';
import { printable } from '../format.ts';
import { aligned } from './terminal/format.ts';
import { readModelFile } from './model/model-file.ts';
import { wholeNumber } from './options.ts';

interface PredictOptions {
  readonly model: string;
  readonly top?: number;
  readonly json?: true;
  readonly csv?: true;
  readonly half?: true;
}

/** Adds `graft predict` to the program. */
export function addPredictCommand(program: Command): void {
  addCommand(program, 'predict', {
    description: 'Say what is on photos.',
    examples: [
      '--model runs/photos photo.jpg',
      '--model runs/photos --json new-photos > found.jsonl',
      '--model runs/photos -- -strange-name-.jpg',
    ],
    notes: 'Folders are searched through, and theirs, for .jpg, .jpeg and .png files.',
  })
    .requiredOption('--model <path>', 'a run of train, a model file, or plain ImageNet weights')
    .option('--top <k>', 'classes to show (default: 1, with ImageNet weights 5)', wholeNumber(1))
    .addOption(new Option('--json', 'print a JSON object a photo, each on its line').conflicts('csv'))
    .option('--csv', 'print comma-separated values with a line of names')
    .option('--half', 'store the network in 16-bit floats: less memory, logits to three digits')
    .argument('<photos...>', 'JPEG or PNG files, or folders of them')
    .action((photos: string[], options: PredictOptions) => runAndExit(() => predict(photos, options)));
}

async function predict(photos: readonly string[], options: PredictOptions): Promise<number> {
  const paths = await expandFolders(photos);
  const file = await readModelFile(options.model);
  const { gpu } = await openGpu();
  const classifier = createClassifier(gpu, file, options);
  const top = options.top ?? (classifier.trained ? 1 : 5);
  const show = options.json ? asJson : options.csv ? asCsv : asText;

  if (options.csv) console.log('path,rank,class,probability');
  let failed = 0;
  for await (const result of classifyPhotos(classifier, paths)) {
    const text = show(result, rank(result, classifier.classes, top));
    if (text) console.log(text);
    if (!result.reason) continue;
    failed += 1;
    console.error(`${pc.red('error:')} ${printable(result.path)} ${printable(result.reason)}`);
  }
  return failed > 0 ? exitCodes.failed : exitCodes.done;
}

/** Files as they are given, and in the place of each folder the photos in it. */
async function expandFolders(given: readonly string[]): Promise<string[]> {
  const paths: string[] = [];
  for (const path of given) {
    if ((await nodeFiles.kind(path)) !== 'directory') {
      paths.push(path);
      continue;
    }
    const found = (await findImages(nodeFiles, path)).paths;
    if (found.length === 0)
      throw new FileError(`There are no photos (.jpg, .jpeg, .png) in ${printable(path)}.`);
    for (const photo of found) paths.push(photo); // too many for a spread
  }
  return paths;
}

interface Ranked {
  readonly class: string;
  readonly probability: number;
}

function rank({ shares = [] }: Classified, classes: readonly string[], top: number): Ranked[] {
  return topK(shares, top).map((i) => ({ class: classes[i] ?? String(i), probability: shares[i] ?? NaN }));
}

function asText({ path, reason }: Classified, ranked: readonly Ranked[]): string {
  if (reason) return '';
  const lines = ranked.map((one) => `${aligned(one.probability)}  ${printable(one.class)}`);
  if (lines.length === 1) return `${printable(path)}  ${lines.join('')}`;
  return [pc.bold(printable(path)), ...lines.map((line) => `  ${line}`)].join('\n');
}

function asJson({ path, reason }: Classified, ranked: readonly Ranked[]): string {
  return JSON.stringify(reason ? { path, error: reason } : { path, ...ranked[0], top: ranked });
}

function asCsv({ path }: Classified, ranked: readonly Ranked[]): string {
  return ranked
    .map((one, i) => [path, String(i + 1), one.class, String(one.probability)].map(csvField).join(','))
    .join('\n');
}

/** A field as RFC 4180 has it: in quotes where it holds a comma, a quote or a line's end. */
const csvField = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
