/**
 * The settings of a run that do not touch its weights: its name, its files, how much memory it takes. A table like that of
 * train/settings/table.ts, for the same uses: options, README and forms.
 */
import type { Setting } from '../train/index.ts';

export const runSettings = {
  name: {
    kind: 'text',
    nullable: true,
    default: null,
    argument: 'name',
    label: 'Name',
    help: 'the run’s folder is runs/NAME; by default named after the photos',
    about: "the run's folder is `runs/NAME`; by default named after the photos: `photos`, `photos-2`, …",
  },
  resume: {
    kind: 'path',
    nullable: true,
    default: null,
    argument: 'run',
    label: 'Run to resume',
    help: 'continue a run that was stopped, such as runs/NAME; with more --epochs one that ended',
    about: 'continues a run that was stopped; with more `--epochs` also one that ended',
  },
  output: {
    kind: 'path',
    nullable: true,
    default: null,
    argument: 'file',
    label: 'Model file',
    help: 'also write the best model here',
    about: 'also writes the best model here',
  },
  showBatch: {
    kind: 'path',
    nullable: true,
    default: null,
    argument: 'file',
    label: 'Picture of a batch',
    help: 'write a PNG of photos as the network sees them',
    about: 'a PNG of photos as the network sees them',
  },
  tensorboard: {
    kind: 'flag',
    default: false,
    label: 'TensorBoard',
    help: 'write event files to the run’s folder',
    about: "event files in the run's folder",
  },
  cache: {
    kind: 'number',
    range: { whole: true, least: 0 },
    default: 1024,
    argument: 'MiB',
    label: 'Photos on the GPU',
    help: 'GPU memory that photos may take',
    about: 'GPU memory that photos may take; the rest goes up batch by batch',
  },
  photoMemory: {
    kind: 'number',
    range: { whole: true, least: 0 },
    nullable: true,
    nullName: 'auto',
    default: null,
    argument: 'MiB',
    label: 'Photos in memory',
    help: 'main memory that decoded photos may take; auto is a quarter of it',
    about: 'main memory that photos may take, a quarter of it by default; the rest goes to a temporary file',
  },
  keepFeatures: {
    kind: 'flag',
    default: false,
    label: 'Keep features',
    help: 'keep what the frozen trunk makes of the photos, for later runs on them',
    about:
      "keeps what the frozen trunk makes of the photos in the user's cache, so that later runs on them take seconds",
  },
  checkpointInterval: {
    kind: 'number',
    range: { least: 0 },
    default: 30,
    argument: 's',
    label: 'Seconds between checkpoints',
    help: 'seconds between checkpoints',
  },
} as const satisfies Readonly<Record<string, Setting>>;
