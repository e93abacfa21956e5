/**
 * The settings that a training state was trained with, in its file's metadata. A run's `config.json` is there to be read
 * and may be edited; continuing with other settings would give weights of neither run, so the file that holds the weights
 * has the last word.
 */
import { transformedSize } from '../../data/index.ts';
import { WeightsError, type SafetensorsFile } from '../../weights/index.ts';
import { settingNames, settingOf, type TrainConfig } from '../settings/config.ts';
import { settingDifferences, type SettingDifference } from '../settings/differences.ts';
import { decodeCard } from './checkpoint.ts';

type Metadata = Pick<SafetensorsFile, 'metadata'>;

/**
 * The settings as metadata. Paths are left out: a folder may be moved, what matters of the files is recorded otherwise,
 * and a model that is passed on should not tell where its owner keeps photos.
 */
export function encodeSettings(config: TrainConfig): { readonly settings: string } {
  const names = settingNames.filter((name) => settingOf(name).kind !== 'path');
  return { settings: JSON.stringify(Object.fromEntries(names.map((name) => [name, config[name]]))) };
}

/**
 * The settings in which `config` differs from the run whose state the file holds. A file that was written before settings were
 * recorded gives only its loss and size; a setting that one of the two does not know is ignored. `source` is the file's
 * name in messages. Throws `WeightsError` for metadata that are damaged.
 */
export function changedSettings(
  { metadata }: Metadata,
  source: string,
  config: TrainConfig,
): readonly SettingDifference[] {
  const { settings } = metadata;
  return settingDifferences(
    settings === undefined ? fromCard(metadata, source) : decodeSettings(settings, source),
    config,
  );
}

function decodeSettings(text: string, source: string): Partial<TrainConfig> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // It is as damaged as a value of the wrong kind.
  }
  throw new WeightsError(
    source,
    'its metadata "settings" is damaged',
    "Resume from a run's last.safetensors, as training wrote it",
  );
}

function fromCard(metadata: SafetensorsFile['metadata'], source: string): Partial<TrainConfig> {
  const card = decodeCard(metadata, source);
  return card ? { loss: card.loss, size: transformedSize(card.transform).width } : {};
}
