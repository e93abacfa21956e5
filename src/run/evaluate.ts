/** How good a model is on photos that are sorted into folders of classes. */
import { scanImageFolder, type ImageFolder, type LabelledPath, type SkippedFile } from '../data/index.ts';
import { csvLine } from '../data/csv.ts';
import { printable } from '../format.ts';
import { classReport, countAt, reliabilityOf } from '../report/index.ts';
import { decodeCard, temper } from '../train/index.ts';
import { RunError } from './errors.ts';
import type { RunControls } from './events.ts';
import type { RunHost } from './host.ts';
import { Judge, type Judgement } from './judgement.ts';
import { classifyPhotos, createClassifier, type Classifier } from './model/classifier.ts';
import { readModelFile } from './model/model-file.ts';

/** Which photos of a folder with train/ and val/. */
export const parts = ['val', 'train', 'all'] as const;
export type Part = (typeof parts)[number];

export interface EvaluateRequest {
  /** A run or a model's file. */
  readonly model: string;
  /** A folder of photos in classes. */
  readonly data: string;
  /** By default the validation photos if there are any, otherwise all. */
  readonly part?: Part | undefined;
  /** Stores the network in 16-bit floats. */
  readonly half?: boolean | undefined;
  /** Where classes are told by no folders: a CSV file with the class of each photo, or the photos' own names. */
  readonly labels?: string | undefined;
  readonly labelsFromNames?: boolean | undefined;
}

/** How a model did on some photos. */
export interface Evaluation extends Judgement {
  /** The model's file and the adapter, for people. */
  readonly source: string;
  readonly device: string;
  readonly skipped: readonly SkippedFile[];
  /** The photos that were judged, in the order of their answers. */
  readonly files: readonly string[];
  /** By what the model's logits are divided; 1 where its run found nothing better, or it is of none. */
  readonly temperature: number;
  /** How sure it would be of each answer at 1. */
  readonly untempered: readonly number[];
}

/**
 * Evaluates a model. Throws `RunError` for classes that it does not know and if no photo can be read, otherwise as reading models
 * and folders does; the signal's reason if it is aborted.
 */
export async function evaluateModel(
  host: RunHost,
  { model, data, part, half, ...told }: EvaluateRequest,
  controls: RunControls,
): Promise<Evaluation> {
  const file = await readModelFile(host, model);
  const known = (decodeCard(file.metadata, file.source)?.classes ?? []).map((name) => name.normalize('NFC'));
  const found = await scanImageFolder(host.files, data, { ...told, known, decoder: host.decoders[0] });
  const folder = pickPart(found, part, data);
  const { gpu, name: device } = await host.openGpu();
  const classifier = await createClassifier(gpu, file, { half });
  const { notes } = classifier;
  if (notes.length > 0) controls.tell({ kind: 'weights', source: file.source, notes });
  controls.tell({ kind: 'model', source: file.source, classes: classifier.classes });
  try {
    const photos = relabel(folder, classifier.classes, { data, source: file.source });
    const evaluated = await judge(host, classifier, photos, controls);
    if (evaluated.confusion.total === 0)
      throw new RunError(`None of the ${photos.length} photos in ${printable(data)} can be read.`, {
        kind: 'no-photos',
        path: data,
      });
    return { ...evaluated, source: file.source, device };
  } finally {
    classifier.model.dispose();
  }
}

async function judge(
  host: RunHost,
  classifier: Classifier,
  photos: readonly LabelledPath[],
  { tell, signal }: RunControls,
): Promise<Omit<Evaluation, 'source' | 'device'>> {
  const skipped: SkippedFile[] = [];
  const files: string[] = [];
  const judge = new Judge(classifier.classes);
  const { temperature } = classifier;
  const untempered: number[] = [];
  const paths = photos.map(({ path }) => path);
  let index = 0;
  for await (const { path, shares, reason } of classifyPhotos(host, classifier, paths)) {
    signal.throwIfAborted();
    if (shares === undefined) skipped.push({ path, reason });
    else {
      judge.add(index, photos[index]?.label ?? -1, shares);
      files.push(path);
      untempered.push(Math.max(...temper(shares, 1 / temperature)));
    }
    tell({ kind: 'judging', done: ++index, total: photos.length });
  }
  return { ...judge.judgement(), skipped, files, temperature, untempered };
}

interface LabelledPhotos {
  readonly classes: readonly string[];
  readonly photos: readonly LabelledPath[];
}

function pickPart(folder: ImageFolder, part: Part | undefined, data: string): LabelledPhotos {
  const { classes, train, valid } = folder;
  if (valid === undefined && part !== undefined && part !== 'all')
    throw new RunError(`${printable(data)} has no folders train/ and val/.`, {
      kind: 'not-divided',
      path: data,
    });
  const chosen = part ?? (valid ? 'val' : 'all');
  const photos = [...(chosen === 'val' ? [] : train), ...(chosen === 'train' ? [] : (valid ?? []))];
  return { classes, photos };
}

/** The photos with the model's numbers for their classes. Throws `RunError` for classes that it does not know. */
function relabel(
  { classes, photos }: LabelledPhotos,
  known: readonly string[],
  { data, source }: { readonly data: string; readonly source: string },
): LabelledPath[] {
  const names = known.map((name) => name.normalize('NFC')); // as folders are called; a file may spell otherwise
  const numbers = classes.map((name) => names.indexOf(name));
  const unknown = classes.filter((_, i) => numbers[i] === -1);
  if (unknown.length > 0) {
    const list = unknown.map((name) => printable(JSON.stringify(name))).join(', ');
    throw new RunError(
      `${printable(data)} has ${unknown.length === 1 ? 'a class' : 'classes'} that ${source} does not know: ${list}.`,
      { kind: 'unknown-classes', known },
    );
  }
  return photos.map(({ path, label }) => ({ path, label: numbers[label] ?? 0 }));
}

/** An evaluation as a table with a row for each photo, as spreadsheets sort it; of one that could not be read the reason. */
export function evaluationCsv({ confusion: { classes }, files, answers, skipped }: Evaluation): string {
  const judged = files.map((path, i) => {
    const [is = -1, said = -1] = [answers.actual[i], answers.predicted[i]];
    const probability = answers.confidence[i]?.toFixed(4) ?? '';
    return [path, classes[is] ?? '', classes[said] ?? '', probability, String(is === said), ''];
  });
  const unread = skipped.map(({ path, reason }) => [path, '', '', '', '', reason]);
  const header = ['file', 'label', 'answer', 'probability', 'right', 'error'];
  return [header, ...judged, ...unread].map(csvLine).join('\n');
}

/** An evaluation as an object for other programs, with the answer to each photo and what probabilities are worth. */
export function evaluationJson({
  confusion,
  loss,
  skipped,
  files,
  answers,
  temperature,
  untempered,
}: Evaluation): Record<string, unknown> {
  const { classes, total } = confusion;
  const { accuracy, perClass, macro } = classReport(confusion);
  const matrix = classes.map((_, is) => classes.map((_, said) => countAt(confusion, is, said)));
  const photos = files.map((path, i) => {
    const [is = -1, said = -1] = [answers.actual[i], answers.predicted[i]];
    return {
      ...{ path, class: classes[is], predicted: classes[said], index: said },
      ...{ probability: answers.confidence[i], right: is === said },
    };
  });
  return {
    ...{ count: total, accuracy, loss, macroF1: macro.f1, classes: perClass, confusion: matrix },
    calibration: {
      ...{ temperature, ...reliabilityOf(answers) },
      eceUntempered: reliabilityOf({ ...answers, confidence: untempered }).ece,
    },
    ...{ skipped, photos },
  };
}
