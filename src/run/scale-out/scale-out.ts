/**
 * A run as a PyTorch program, for those who outgrow one machine. It is the same run from the start: the photos are read again and
 * checked to be those of the run, the starting weights are made again, and what decides the result is written down as numbers. What
 * comes back is a model's file like any other.
 */
import { crc32 } from '../../crc32.ts';
import type { DecodedPhoto } from '../../data/index.ts';
import { printable } from '../../format.ts';
import { decodeTrunk } from '../../train/files/join-trunk.ts';
import {
  changedSettings,
  encodeCheckpoint,
  trunkOf,
  type ModelCard,
  type TrainConfig,
  type Trunk,
} from '../../train/index.ts';
import type { StateDict } from '../../weights/index.ts';
import { listSafetensors } from '../../weights/safetensors.ts';
import { RunError } from '../errors.ts';
import type { RunControls } from '../events.ts';
import type { Hasher, RunHost } from '../host.ts';
import { loadPretrained } from '../model/pretrained.ts';
import { readPhotos, transformsOf, type FoundPhotos } from '../photos.ts';
import { checkSamePhotos, findAgain, refuseEdited } from '../resume.ts';
import { startFrom } from '../session.ts';
import { readConfig } from '../settings.ts';
import { nameBelow } from '../store/fingerprint.ts';
import { runFiles } from '../store/folder.ts';
import { fileOf, readRecords } from '../store/reading.ts';
import type { RunReader } from '../store/store.ts';
import { programText } from './program.ts';
import { checkSupported, recipeOf } from './recipe.ts';

export interface ScaleOutRequest {
  readonly run: string;
  /** Where photos, their table and the starting weights are now, if they have moved. */
  readonly given: Partial<Pick<TrainConfig, 'data' | 'labels' | 'weights'>>;
  /** The whole path of a folder: the program is started from anywhere. */
  readonly place: (dir: string) => string;
}

/** A file to write, by its name below the program's folder. */
export interface ScaleOutFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface ScaledOut {
  readonly run: string;
  readonly photos: number;
}

const PROGRAM = 'scale_out.py';
const START = 'start.safetensors';
const PHOTOS = 'photos.json';

/**
 * Makes the files of a run's program and hands them to `write`, one after the other. Throws `RunError` for a run that lacks a file, for
 * photos that are not its own and for settings that the program has no code for; otherwise as reading photos and weights does, and the
 * signal's reason if it is aborted.
 */
export async function scaleOut(
  host: RunHost,
  { run, given, place }: ScaleOutRequest,
  write: (file: ScaleOutFile) => Promise<void>,
  controls: RunControls,
): Promise<ScaledOut> {
  const reader = await host.store.look(run);
  if (!reader) throw new RunError(`There is no run ${run}.`, { kind: 'no-run', run });
  const record = await readRecords(reader);
  const written = readConfig(record.config, run, fileOf(reader, 'config'));
  const last = await readLast(reader);
  if (last) refuseEdited(reader, changedSettings(last, last.source, written));
  const config = { ...written, ...given, ...(written.data === null && { data: null }) };
  const photos = await findAgain(host, run, record, config);
  const { classes } = photos.folder;
  const weights = await loadPretrained(host, config.weights, false, controls);
  const { gpu } = await host.openGpu();
  const { loss, seed } = config;
  const { model, architecture } = await startFrom(gpu, weights, { classes, loss, seed });
  try {
    checkSupported(config, architecture);
    const start = await model.stateDict();
    if (last) checkStart(host, run, weights.source, start, decodeTrunk(last.metadata, last.source));
    const rows = await readRows(host, photos, config, controls);
    checkSamePhotos(run, record.data, rows.fingerprint);
    // The program reads photos whole, and so does graft for the model that comes of it.
    const { valid: transform } = transformsOf(photos, { ...config, shrinkFrom: null });
    const card: ModelCard = { architecture, classes, loss: config.loss, graft: host.version, transform };
    const files = [
      { name: START, bytes: encodeCheckpoint(start, card) },
      { name: PHOTOS, bytes: utf8(rowsText(rows)) },
    ];
    const checksums = Object.fromEntries(files.map(({ name, bytes }) => [name, sha256(host, bytes)]));
    const recipe = recipeOf({ config, card, model, labels: rows.train.map(({ label }) => label) });
    // Drawings that come with graft are nowhere else.
    const isOwn = config.data === null;
    if (isOwn)
      for (const { file } of [...rows.train, ...rows.valid])
        await write({ name: `photos/${file}`, bytes: await host.files.read(`${photos.root}/${file}`) });
    for (const file of files) await write(file);
    const program = programText(
      { run, version: host.version, decoder: record.data.decoder, shrinkFrom: config.shrinkFrom },
      { data: isOwn ? 'photos' : place(photos.root), checksums, ...recipe },
    );
    await write({ name: PROGRAM, bytes: utf8(program) });
    return { run, photos: rows.train.length + rows.valid.length };
  } finally {
    model.dispose();
  }
}

/** What the run's last checkpoint says of itself; undefined where it was deleted to save room. */
async function readLast(reader: RunReader) {
  if (typeof (await reader.size(runFiles.last)) !== 'number') return undefined;
  const source = fileOf(reader, 'last');
  return { source, metadata: listSafetensors(await reader.read(runFiles.last), source).metadata };
}

/** Throws `RunError` where what is frozen for all of the run is not the same in the weights that it is to begin with. */
function checkStart(host: RunHost, run: string, source: string, start: StateDict, trunk: Trunk | undefined) {
  if (!trunk || trunkOf(start, trunk.names, trunk.file, host.sha256()).sha256 === trunk.sha256) return;
  throw new RunError(
    `${source} is not what the run ${printable(run)} began with: its frozen layers are others.`,
    {
      kind: 'other-weights',
      run,
    },
  );
}

/** What the program knows of a photo: its file, label, bytes and their checksum, and the CRC-32 of the pixels that graft made of it. */
interface PhotoRow {
  readonly file: string;
  readonly label: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly pixels: number;
}

type Rows = Readonly<Record<DecodedPhoto['part'], readonly PhotoRow[]>>;

async function readRows(host: RunHost, photos: FoundPhotos, config: TrainConfig, controls: RunControls) {
  const rows = { train: [] as PhotoRow[], valid: [] as PhotoRow[] };
  const { fingerprint, close } = await readPhotos(host, photos, config, controls, {
    stream: {
      needsPhotos: false,
      async take({ part, path, label, data }) {
        const bytes = await host.files.read(path);
        const file = nameBelow(photos.root, path);
        rows[part].push({
          file,
          label,
          bytes: bytes.length,
          sha256: sha256(host, bytes),
          pixels: crc32(data),
        });
      },
    },
  });
  await close();
  return { ...rows, fingerprint };
}

/** A line for each photo. */
function rowsText({ train, valid }: Rows): string {
  const list = (rows: readonly PhotoRow[]) => rows.map((row) => JSON.stringify(row)).join(',\n');
  return `{"train": [\n${list(train)}\n], "valid": [\n${list(valid)}\n]}\n`;
}

function sha256(host: RunHost, bytes: Uint8Array): string {
  const hasher: Hasher = host.sha256();
  hasher.update(bytes);
  return hasher.hex();
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
