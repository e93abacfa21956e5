/**
 * `calibration.json` of a run: by what its best model's logits are to be divided, so that it is right as often as it says. A file of its
 * own, since the model's weights stay those that training ended with.
 */
import { printable } from '../../format.ts';
import { TEMPERATURES } from '../../train/index.ts';
import { RunError } from '../errors.ts';
import { runFiles, type RunFolder } from './folder.ts';
import { fileOf } from './reading.ts';
import type { RunReader } from './store.ts';

export interface Calibration {
  /** Of the best model that it is for. */
  readonly epoch: number;
  readonly temperature: number;
}

const VERSION = 1;

/** Throws `RunError` if it cannot be written. */
export const writeCalibration = (folder: RunFolder, { epoch, temperature }: Calibration): Promise<void> =>
  folder.write('calibration', `${JSON.stringify({ version: VERSION, epoch, temperature })}\n`);

/** A run's own has some 60 bytes. */
const LARGEST = 1000;

/**
 * The temperature of the run's best model, of this epoch as its file says it; undefined for a run that was written without, or for another
 * epoch. Throws `RunError` for a file that is damaged: without it the model would be surer than it may be.
 */
export async function readTemperature(
  reader: RunReader,
  epoch: string | undefined,
): Promise<number | undefined> {
  const size = await reader.size(runFiles.calibration);
  if (size === undefined) return undefined;
  const found =
    size === 'no file' || size > LARGEST
      ? undefined
      : parseCalibration(await reader.read(runFiles.calibration));
  if (!found)
    throw new RunError(
      `${printable(fileOf(reader, 'calibration'))} does not hold a temperature from ${TEMPERATURES.least} to ${TEMPERATURES.most} and its epoch.`,
      { kind: 'bad-calibration', run: reader.run },
    );
  return String(found.epoch) === epoch ? found.temperature : undefined;
}

/** Checks what was read from a file; undefined if it is not what `writeCalibration` writes. */
export function parseCalibration(bytes: Uint8Array): Calibration | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    const { version, epoch, temperature } = (value ?? {}) as Record<string, unknown>;
    const { least, most } = TEMPERATURES;
    if (version !== VERSION || !Number.isSafeInteger(epoch) || typeof temperature !== 'number')
      return undefined;
    return temperature >= least && temperature <= most ? { epoch: epoch as number, temperature } : undefined;
  } catch {
    return undefined;
  }
}
