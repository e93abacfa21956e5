/**
 * A stopped run that is to be resumed: its settings, photos and training state, and the check that it is not asked to become a different run.
 */
import type { DecoderName, LabelledPath } from '../data/index.ts';
import { printable } from '../format.ts';
import {
  changedSettings,
  decodeTrainingState,
  loadNetwork,
  type SettingDifference,
  type TrainConfig,
  type TrainingState,
  type Trunk,
} from '../train/index.ts';
import { WeightsError } from '../weights/index.ts';
import { RunError } from './errors.ts';
import { extensionOf, reopened, type Extension } from './extend.ts';
import type { RunHost } from './host.ts';
import { besideInRun, parseWeights } from './model/weights-file.ts';
import { checkClasses, findPhotos, type FoundPhotos } from './photos.ts';
import type { Session } from './session.ts';
import { contradictions, readConfig } from './settings.ts';
import { dataDifferences, type DataFingerprint } from './store/fingerprint.ts';
import { fileOf, readRun, type RunRecord } from './store/reading.ts';
import type { RunReader } from './store/store.ts';

export interface ResumedSession extends Session {
  readonly state: TrainingState;
  /** What of its checkpoint the best model has. */
  readonly trunk: Trunk | undefined;
  /** The photos that the run was started with. */
  readonly trainedOn: DataFingerprint;
  /** Where it was over and is to have more epochs. */
  readonly extension: Extension | undefined;
}

/**
 * The session of the run that `reader` reads. Its photos may have moved since: `given.data` is where they are now. Throws `RunError` if
 * what else is given contradicts the run, one of its files is missing or damaged or the photos are of other classes, and `WeightsError`
 * where its checkpoint is none.
 */
export async function resumeSession(
  host: RunHost,
  reader: RunReader,
  given: Partial<TrainConfig>,
): Promise<ResumedSession> {
  const { run } = reader;
  const record = await readRun(reader);
  const written = readConfig(record.config, run, fileOf(reader, 'config'));
  const { data: moved, labels: movedLabels, ...settings } = given;
  const file = await parseWeights(
    record.last,
    besideInRun(reader, () => host.sha256()),
  );
  const before = decodeTrainingState(file, file.source);
  // Drawings that come with graft are nowhere else: photos in their place would be another run.
  const asked = contradictions(written, written.data === null ? given : settings);
  const edited = changedSettings(file, file.source, written);
  const extension = extensionOf(run, written, before, edited, asked);
  if (!extension) {
    refuseContradictions(run, asked);
    refuseEdited(reader, edited);
  }
  const config = extension ? { ...written, epochs: extension.to } : written;
  const state = extension ? reopened(before) : before;
  const dir = config.data === null ? null : (moved ?? config.data);
  const labels = movedLabels ?? config.labels;
  const photos = await findAgain(host, run, record, { ...config, data: dir, labels });
  checkClasses(photos.folder.classes, config.loss);
  const { gpu, name: device } = await host.openGpu();
  const { model, card } = await loadNetwork(gpu, file, file.source);
  if (!card) {
    model.dispose();
    throw new WeightsError(
      file.source,
      'it is not a checkpoint of this run: it names no classes',
      'Put the file back from a copy',
    );
  }
  const { architecture } = card;
  const session = { gpu, device, config, reasons: [], photos, model, architecture };
  return { ...session, state, trunk: file.trunk, trainedOn: record.data, extension };
}

/** The photos of a run where its config says that they are now. Throws `RunError` if their classes are not the run's. */
export async function findAgain(
  host: RunHost,
  run: string,
  { classes: names, data: { decoder } }: Pick<RunRecord, 'classes' | 'data'>,
  config: TrainConfig,
): Promise<FoundPhotos> {
  const found = await findPhotos(host, config.data, config, decoder);
  const classes = names.map((name) => name.normalize('NFC'));
  checkSameClasses(run, classes, found.folder.classes);
  return { ...found, folder: inOrder(found.folder, classes) };
}

/** Throws `RunError` with every setting that was asked for and differs from those of the resumed run. */
function refuseContradictions(run: string, differences: readonly SettingDifference[]): void {
  if (differences.length === 0) return;
  throw new RunError(`The run ${printable(run)} cannot continue with different settings:`, {
    kind: 'other-settings',
    run,
    differences,
  });
}

/** Throws `RunError` with the settings that were changed in config.json since the run was started. */
export function refuseEdited(reader: RunReader, differences: readonly SettingDifference[]): void {
  if (differences.length === 0) return;
  const config = printable(fileOf(reader, 'config'));
  throw new RunError(`${config} differs from the settings that the run was trained with:`, {
    kind: 'edited-settings',
    run: reader.run,
    differences,
  });
}

function checkSameClasses(run: string, then: readonly string[], now: readonly string[]): void {
  const quote = (names: readonly string[]) => names.map((name) => JSON.stringify(name)).join(', ');
  const gone = then.filter((name) => !now.includes(name));
  const added = now.filter((name) => !then.includes(name));
  refuse(run, [
    ...(gone.length > 0 ? [`the class ${quote(gone)} is gone`] : []),
    ...(added.length > 0 ? [`there is a new class ${quote(added)}`] : []),
  ]);
}

/** The photos with labels in the order of these classes, which are the same: a run keeps the order that its head has learned. */
function inOrder(folder: FoundPhotos['folder'], classes: readonly string[]): FoundPhotos['folder'] {
  const relabel = (photos: readonly LabelledPath[]) =>
    photos.map(({ path, label }) => ({ path, label: classes.indexOf(folder.classes[label] ?? '') }));
  return { ...folder, classes, train: relabel(folder.train), valid: relabel(folder.valid) };
}

/** Throws `RunError` if the photos that were read are not those that the run was started with. */
export function checkSamePhotos(run: string, then: DataFingerprint, now: DataFingerprint): void {
  const differences = dataDifferences(then, now);
  if (differences.length === 0) return;
  refuseOtherDecoder(run, then.decoder, now.decoder, differences);
  refuse(run, differences, then.decoder);
}

/**
 * Throws `RunError` with the differences if the photos were not read by the decoder of before, which then is the likely cause:
 * graft's and the others' give the same pixels of a PNG, and not quite the same of a JPEG.
 */
export function refuseOtherDecoder(
  run: string,
  then: DecoderName,
  now: DecoderName,
  differences: readonly string[],
): void {
  if (then === now) return;
  throw new RunError(
    `The run ${printable(run)} was started with photos read by ${DECODERS[then]}; ${DECODERS[now]} read them otherwise:\n${listed(differences)}`,
    { kind: 'other-decoder', run, decoder: then },
  );
}

const DECODERS: Readonly<Record<DecoderName, string>> = {
  graft: "graft's own decoders",
  browser: "a browser's decoders",
  sharp: 'the library sharp',
};

/** Why the pixels of the same files may be others though the same decoder read them: some come in versions. */
const VERSIONS: Readonly<Record<DecoderName, string>> = {
  graft: '',
  browser: ', or this browser reads them otherwise than the one that it was started in',
  sharp: ', or this version of sharp reads them otherwise than the one that it was started with',
};

function refuse(run: string, differences: readonly string[], decoder: DecoderName = 'graft'): void {
  if (differences.length === 0) return;
  throw new RunError(
    `The photos are not those that the run ${printable(run)} was started with${VERSIONS[decoder]}:\n${listed(differences)}`,
    { kind: 'other-photos', run },
  );
}

const listed = (differences: readonly string[]): string =>
  differences.map((one) => `  ${printable(one)}`).join('\n');
