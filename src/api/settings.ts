/** Settings as programs give them: checked, since a misspelt one would silently be the default. */
import { parseSettings, problemText, TrainingError, type TrainConfig } from '../train/index.ts';

/** The settings in `given`; what is undefined is left open. Throws `TrainingError` for one that does not exist or cannot have its value. */
export function settingsOf(given: Readonly<Partial<Record<string, unknown>>>): Partial<TrainConfig> {
  const set = Object.entries(given).filter(([, value]) => value !== undefined);
  const { settings, problems } = parseSettings(Object.fromEntries(set));
  const [first] = problems;
  if (first) throw new TrainingError(`train: ${problemText(first)}`);
  return settings;
}
