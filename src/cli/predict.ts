// `graft predict`: what a model sees on photos, for people or, as JSON or CSV, for other programs. A model that graft trained
// brings its classes and its size along; plain ImageNet weights answer with the thousand classes that they were trained on.
import { extname } from 'node:path';
import { Option, type Command } from 'commander';
import { count, printable } from '../format.ts';
import { checkOutput, writeOutput } from '../platform/node/output-file.ts';
import { predict, unlikeText, type Prediction, type PredictRequest } from '../run/predict.ts';
import { predictionCsv, predictionCsvHeader, predictionJson } from '../run/prediction-text.ts';
import { weightsText } from '../run/texts.ts';
import { addCommand, exitCodes, runAndExit } from './command.ts';
import { commandHost } from './device.ts';
import { chosenModel, MODEL_HELP } from './model-choice.ts';
import { wholeNumber } from './options.ts';
import { checkOverlayFolder, writeOverlay } from './predict-overlays.ts';
import { colours as pc } from './terminal/colours.ts';
import { aligned } from './terminal/format.ts';

interface PredictOptions extends Omit<PredictRequest, 'photos' | 'explain' | 'model'> {
  readonly model?: string;
  /** The folder for overlays. */
  readonly explain?: string;
  readonly json?: true;
  readonly csv?: true;
  readonly output?: string;
}

/** Adds `graft predict` to the program. */
export function addPredictCommand(program: Command): void {
  addCommand(program, 'predict', {
    description: 'Say what is on photos.',
    examples: [
      'photo.jpg',
      '--model runs/photos --output found.csv new-photos',
      '--model runs/photos --explain looked photo.jpg',
      '--model runs/photos -- -strange-name-.jpg',
    ],
    notes:
      'Folders and their subfolders are searched for photos; `graft doctor` lists the formats that are read.',
  })
    .option('--model <path>', `a run of train, a model file, or plain ImageNet weights ${MODEL_HELP}`)
    .option('--top <k>', 'classes to show (default: 1; with ImageNet weights 5)', wholeNumber(1))
    .addOption(new Option('--json', 'print one JSON object per photo, each on its own line').conflicts('csv'))
    .option('--csv', 'print comma-separated values: a row per photo, a column per class')
    .option('--output <file>', 'write that to a file; .csv and .json say which of the two')
    .option('--half', 'store the network in 16-bit floats: less memory, logits to three digits')
    .option(
      '--explain <dir>',
      'write each photo with what spoke for its class over it, into a folder of its own (Grad-CAM)',
    )
    .argument('<photos...>', 'photos, or folders of them')
    .action((photos: string[], options: PredictOptions) =>
      runAndExit(() => printAll(photos, options), { json: options.json }),
    );
}

type Form = 'text' | 'json' | 'csv';

function formOf({ json, csv, output }: PredictOptions): Form {
  const ending = output === undefined ? '' : extname(output).toLowerCase();
  if (json || (!csv && ['.json', '.jsonl'].includes(ending))) return 'json';
  return csv || ending === '.csv' ? 'csv' : 'text';
}

async function printAll(photos: readonly string[], options: PredictOptions): Promise<number> {
  const { explain, output, top, half, model: named } = options;
  const form = formOf(options);
  // Other programs read what is printed, unless it goes to a file.
  const say = form === 'text' || output !== undefined ? console.log : console.error;
  if (output !== undefined) await checkOutput(output, undefined, 1e6);
  if (explain !== undefined) await checkOverlayFolder(explain, photos);
  const host = commandHost();
  const model = await chosenModel(host, named, say);
  const lines: string[] = [];
  const print = output === undefined ? console.log : (line: string) => void lines.push(line);
  const taken = new Set<string>();
  let [failed, done] = [0, 0];
  let classes: readonly string[] = [];
  const show = (prediction: Prediction): string =>
    form === 'json'
      ? predictionJson(prediction)
      : form === 'csv'
        ? predictionCsv(prediction, classes)
        : asText(prediction);
  const request = { model, photos, top, half, explain: explain !== undefined };
  const predictions = predict(host, request, (event) => {
    if (event.kind === 'weights') console.error(pc.dim(printable(weightsText(event.source, event.notes))));
    if (event.kind === 'model') classes = event.classes;
  });
  for await (const prediction of predictions) {
    if (form === 'csv' && done === 0) print(predictionCsvHeader(classes));
    done += 1;
    const text = show(prediction);
    if (text) print(text);
    if (explain !== undefined) await writeOverlay(explain, prediction, taken);
    if (!prediction.reason) continue;
    failed += 1;
    console.error(`${pc.red('error:')} ${printable(prediction.path)} ${printable(prediction.reason)}`);
  }
  if (output !== undefined) {
    await writeOutput(output, new TextEncoder().encode(lines.map((line) => `${line}\n`).join('')));
    console.log(`Wrote ${printable(output)}: ${count(done - failed)} of ${count(done)} photos predicted.`);
  }
  return failed > 0 ? exitCodes.failed : exitCodes.done;
}

function asText({ path, ranked, familiarity, reason }: Prediction): string {
  if (reason) return '';
  const lines = ranked.map((one) => `${aligned(one.probability)}  ${printable(one.class)}`);
  const unlike = unlikeText(familiarity);
  const warning = unlike === undefined ? [] : [`  ${pc.yellow(unlike)}`];
  if (lines.length === 1) return [`${printable(path)}  ${lines.join('')}`, ...warning].join('\n');
  return [pc.bold(printable(path)), ...lines.map((line) => `  ${line}`), ...warning].join('\n');
}
