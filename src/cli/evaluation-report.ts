// How a model did, on a terminal: the two numbers, then each class, then what it is mistaken for.
import { count, lossText, percent } from '../format.ts';
import { classReport, reliabilityOf } from '../report/index.ts';
import { classTable, confusionTable } from '../report/text/evaluation.ts';
import type { Evaluation } from '../run/evaluate.ts';
import { likelyText, reliabilityText, temperatureText } from '../run/texts.ts';
import { printSkipped } from './data-report.ts';
import { heading, paragraph, printTable } from './terminal/format.ts';

const COLUMNS = 78;

/** Prints an evaluation in 80 columns (names of files apart); the names given are printable. */
export function printEvaluation(
  { confusion, loss, skipped, answers, temperature, untempered }: Evaluation,
  { device, model, data }: { readonly device: string; readonly model: string; readonly data: string },
): void {
  const { accuracy } = classReport(confusion);
  const { total } = confusion;
  heading('device', device);
  heading('model', model);
  heading('data', data);
  printSkipped(skipped);
  console.log();
  const right = count(Math.round(accuracy * total));
  heading('accuracy', `${percent(accuracy)}, ${right} of ${count(total)} photos right`);
  heading('likely', likelyText(accuracy, total));
  heading('loss', lossText(loss));
  heading('calibration', reliabilityText(reliabilityOf(answers)));
  if (temperature !== 1) {
    const { ece } = reliabilityOf({ ...answers, confidence: untempered });
    paragraph('', temperatureText(temperature, ece));
  }
  for (const lines of [classTable(confusion), confusionTable(confusion, COLUMNS)]) {
    if (lines.length > 0) console.log();
    printTable(lines);
  }
}
