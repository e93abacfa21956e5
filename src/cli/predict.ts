// `graft predict`: what a model sees on photos, for people or, as JSON or CSV, for other programs. A model that graft trained
// brings its classes and its size along; plain ImageNet weights answer with the thousand classes that they were trained on.
import { Option, type Command } from 'commander';
import { printable } from '../format.ts';
import type { RunEvent } from '../run/events.ts';
import {
  predict,
  predictionCsv,
  predictionCsvHeader,
  predictionJson,
  type Prediction,
  type PredictRequest,
} from '../run/predict.ts';
import { weightsText } from '../run/texts.ts';
import { addCommand, exitCodes, runAndExit } from './command.ts';
import { commandHost } from './device.ts';
import { wholeNumber } from './options.ts';
import { colours as pc } from './terminal/colours.ts';
import { aligned } from './terminal/format.ts';

interface PredictOptions extends Omit<PredictRequest, 'photos'> {
  readonly json?: true;
  readonly csv?: true;
}

/** Adds `graft predict` to the program. */
export function addPredictCommand(program: Command): void {
  addCommand(program, 'predict', {
    description: 'Say what is on photos.',
    examples: [
      '--model runs/photos photo.jpg',
      '--model runs/photos --json new-photos > found.jsonl',
      '--model runs/photos -- -strange-name-.jpg',
    ],
    notes: 'Folders and their subfolders are searched for .jpg, .jpeg and .png files.',
  })
    .requiredOption('--model <path>', 'a run of train, a model file, or plain ImageNet weights')
    .option('--top <k>', 'classes to show (default: 1; with ImageNet weights 5)', wholeNumber(1))
    .addOption(new Option('--json', 'print one JSON object per photo, each on its own line').conflicts('csv'))
    .option('--csv', 'print comma-separated values with a header line')
    .option('--half', 'store the network in 16-bit floats: less memory, logits to three digits')
    .argument('<photos...>', 'JPEG or PNG files, or folders of them')
    .action((photos: string[], options: PredictOptions) => runAndExit(() => printAll(photos, options)));
}

async function printAll(
  photos: readonly string[],
  { json, csv, ...request }: PredictOptions,
): Promise<number> {
  const show = json ? predictionJson : csv ? predictionCsv : asText;
  let [failed, isFirst] = [0, true];
  for await (const prediction of predict(commandHost(), { ...request, photos }, showWeights)) {
    if (csv && isFirst) console.log(predictionCsvHeader);
    isFirst = false;
    const text = show(prediction);
    if (text) console.log(text);
    if (!prediction.reason) continue;
    failed += 1;
    console.error(`${pc.red('error:')} ${printable(prediction.path)} ${printable(prediction.reason)}`);
  }
  return failed > 0 ? exitCodes.failed : exitCodes.done;
}

/** On stderr, since other programs may read what follows. */
function showWeights(event: RunEvent): void {
  if (event.kind === 'weights') console.error(pc.dim(printable(weightsText(event.source, event.notes))));
}

function asText({ path, ranked, reason }: Prediction): string {
  if (reason) return '';
  const lines = ranked.map((one) => `${aligned(one.probability)}  ${printable(one.class)}`);
  if (lines.length === 1) return `${printable(path)}  ${lines.join('')}`;
  return [pc.bold(printable(path)), ...lines.map((line) => `  ${line}`)].join('\n');
}
