/** Predictions for other programs: lines of JSON, and a table with a row for each photo as a spreadsheet sorts it. */
import { csvLine } from '../data/csv.ts';
import { rarity } from '../train/index.ts';
import type { Prediction } from './predict.ts';

/**
 * A prediction as a line of JSON: its best class, all of `top`, and where the model's run knows, whether the photo is unlike what was
 * trained on and the share of photos like those that are as far from them; or the error.
 */
export const predictionJson = ({ path, ranked, familiarity, reason }: Prediction): string =>
  JSON.stringify(
    reason
      ? { path, error: reason }
      : {
          path,
          ...ranked[0],
          top: ranked,
          unlike: familiarity?.unlike,
          familiarity: familiarity && rarity(familiarity),
        },
  );

/** The titles of the table: a column for each class has its probability. */
export const predictionCsvHeader = (classes: readonly string[]): string =>
  csvLine([
    ...['file', 'class', 'probability'],
    ...classes.map((name) => `p_${name}`),
    ...['unlike', 'familiarity', 'error'],
  ]);

/** A photo's row, probabilities to four digits; of one that could not be read the reason. What nobody knows is an empty field. */
export function predictionCsv(
  { path, ranked: [best], shares, familiarity, reason }: Prediction,
  classes: readonly string[],
): string {
  const digits = (value: number | undefined) => (value === undefined ? '' : value.toFixed(4));
  return csvLine([
    ...[path, best?.class ?? '', digits(best?.probability)],
    ...classes.map((_, index) => digits(shares?.[index])),
    ...[String(familiarity?.unlike ?? ''), digits(familiarity && rarity(familiarity)), reason ?? ''],
  ]);
}
