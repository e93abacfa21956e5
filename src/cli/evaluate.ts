// `graft evaluate`: how good a model is on photos that are sorted into folders of classes, class by class.
import { Option, type Command } from 'commander';
import { scanImageFolder, type ImageFolder, type LabelledPath, type SkippedFile } from '../data/index.ts';
import { nodeFiles } from '../platform/node/files.ts';
import { confusionMatrix, likeliest } from '../report/index.ts';
import { classifyPhotos, createClassifier, type Classifier } from './model/classifier.ts';
import { addCommand, exitCodes, FileError, runAndExit } from './command.ts';
import { openGpu } from './device.ts';
import { printable } from '../format.ts';
import { evaluationJson, printEvaluation, type Evaluation } from './evaluation-report.ts';
import { readModelFile } from './model/model-file.ts';
import { CountDisplay } from './terminal/progress.ts';

const parts = ['val', 'train', 'all'] as const;
type Part = (typeof parts)[number];

interface EvaluateOptions {
  readonly model: string;
  readonly data: string;
  readonly part?: Part;
  readonly json?: true;
  readonly half?: true;
}

/** Adds `graft evaluate` to the program. */
export function addEvaluateCommand(program: Command): void {
  addCommand(program, 'evaluate', {
    description: 'Judge a model on photos sorted into classes.',
    examples: ['--model runs/photos --data test-photos', '--model runs/photos --data photos --json'],
    notes: `Where --data holds train/ and val/ (or test/), the latter is judged; else all of it,
which may be what the model was trained on.`,
  })
    .requiredOption('--model <path>', 'a run of train, or a model file that it wrote')
    .requiredOption('--data <dir>', 'folder with a folder of photos a class')
    .addOption(new Option('--part <name>', 'of a folder with train/ and val/ (default: val)').choices(parts))
    .option('--json', 'print the results as JSON')
    .option('--half', 'store the network in 16-bit floats: less memory, logits to three digits')
    .action((options: EvaluateOptions) => runAndExit(() => evaluate(options)));
}

async function evaluate({ model, data, part, json, half }: EvaluateOptions): Promise<number> {
  const file = await readModelFile(model);
  const folder = pickPart(await scanImageFolder(nodeFiles, data), part, data);
  const { gpu, name } = await openGpu();
  const classifier = createClassifier(gpu, file, { half });
  const photos = relabel(folder, classifier.classes, { data: printable(data), source: file.source });
  const progress = new CountDisplay('Judging photos');
  const result = await judge(classifier, photos, (done) => {
    if (!json) progress.update(done, photos.length);
  });
  progress.clear();
  if (result.confusion.total === 0)
    throw new FileError(`None of the ${photos.length} photos in ${printable(data)} can be read.`);
  if (json) console.log(JSON.stringify({ model: file.source, data, ...evaluationJson(result) }, null, 2));
  else printEvaluation(result, { device: name, model: file.source, data: printable(data) });
  return exitCodes.done;
}

/** Runs the photos through the model and counts what it says of each class. */
async function judge(
  classifier: Classifier,
  photos: readonly LabelledPath[],
  onProgress: (done: number) => void,
): Promise<Evaluation> {
  const skipped: SkippedFile[] = [];
  const actual: number[] = [];
  const predicted: number[] = [];
  const paths = photos.map(({ path }) => path);
  let [loss, done] = [0, 0];
  for await (const { path, shares, reason } of classifyPhotos(classifier, paths)) {
    const label = photos[done]?.label ?? 0;
    onProgress(++done);
    if (shares === undefined) {
      skipped.push({ path, reason });
      continue;
    }
    actual.push(label);
    predicted.push(likeliest(shares) ?? 0);
    loss -= Math.log(Math.max(shares[label] ?? 0, Number.MIN_VALUE)); // finite where a share underflows
  }
  const confusion = confusionMatrix(actual, predicted, classifier.classes);
  return { confusion, loss: loss / actual.length, skipped };
}

interface LabelledPhotos {
  readonly classes: readonly string[];
  readonly photos: readonly LabelledPath[];
}

function pickPart(folder: ImageFolder, part: Part | undefined, data: string): LabelledPhotos {
  const { classes, train, valid } = folder;
  if (valid === undefined && part !== undefined && part !== 'all')
    throw new FileError(`${printable(data)} is not divided into train/ and val/: leave --part out.`);
  const chosen = part ?? (valid ? 'val' : 'all');
  const photos = [...(chosen === 'val' ? [] : train), ...(chosen === 'train' ? [] : (valid ?? []))];
  return { classes, photos };
}

/**
 * The photos with the model's numbers for their classes. Throws `FileError` for classes that the model does not know.
 */
function relabel(
  { classes, photos }: LabelledPhotos,
  known: readonly string[],
  { data, source }: { readonly data: string; readonly source: string },
): LabelledPath[] {
  const numbers = classes.map((name) => known.indexOf(name));
  const quote = (names: readonly string[]) => names.map((name) => printable(JSON.stringify(name))).join(', ');
  const unknown = classes.filter((_, i) => numbers[i] === -1);
  if (unknown.length > 0) {
    const shown =
      known.length > 20 ? `${quote(known.slice(0, 20))} and ${known.length - 20} more` : quote(known);
    throw new FileError(
      `${data} has ${unknown.length === 1 ? 'a class' : 'classes'} that ${source} does not know: ${quote(unknown)}.`,
      `The model tells apart: ${shown}. Name the folders like these.`,
    );
  }
  return photos.map(({ path, label }) => ({ path, label: numbers[label] ?? 0 }));
}
