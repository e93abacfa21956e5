// `graft evaluate`: how good a model is on photos that are sorted into folders of classes, class by class.
import { extname } from 'node:path';
import { Option, type Command } from 'commander';
import { printable } from '../format.ts';
import { checkOutput, writeOutput } from '../platform/node/output-file.ts';
import type { RunEvent } from '../run/events.ts';
import {
  evaluateModel,
  evaluationCsv,
  evaluationJson,
  parts,
  type EvaluateRequest,
} from '../run/evaluate.ts';
import { addCommand, exitCodes, runAndExit } from './command.ts';
import { commandHost } from './device.ts';
import { printEvaluation } from './evaluation-report.ts';
import { chosenModel, MODEL_HELP } from './model-choice.ts';
import { TrainDisplay } from './train/display.ts';

type EvaluateOptions = Omit<EvaluateRequest, 'model'> & {
  readonly model?: string;
  readonly json?: true;
  readonly output?: string;
};

/** Adds `graft evaluate` to the program. */
export function addEvaluateCommand(program: Command): void {
  addCommand(program, 'evaluate', {
    description: 'Evaluate a model on photos sorted into classes.',
    examples: ['--data test-photos', '--model runs/photos --data test-photos --output result.json'],
    notes: `If --data holds train/ and val/ (or test/), the latter is used; otherwise all photos are,
which may include those that the model was trained on.`,
  })
    .option('--model <path>', `a run of train, or a model file that it wrote ${MODEL_HELP}`)
    .requiredOption('--data <dir>', 'a folder with one folder of photos per class')
    .addOption(
      new Option('--part <name>', 'which part, if --data has train/ and val/ (default: val)').choices(parts),
    )
    .option('--labels <file>', 'CSV file with the class of each photo, for photos in no class folders')
    .option('--labels-from-names', 'photos are called after their classes: cat.0.jpg')
    .option('--json', 'print the results, with the answer to each photo, as JSON')
    .option('--output <file>', 'write that to a file: JSON, or into a .csv a row per photo')
    .option('--half', 'store the network in 16-bit floats: less memory, logits to three digits')
    .action((options: EvaluateOptions) => runAndExit(() => evaluate(options), { json: options.json }));
}

async function evaluate({ json, output, model: named, ...request }: EvaluateOptions): Promise<number> {
  if (output !== undefined) await checkOutput(output, undefined, 1e6);
  const host = commandHost();
  const isForPrograms = json === true && output === undefined;
  const model = await chosenModel(host, named, isForPrograms ? console.error : console.log);
  const display = new TrainDisplay();
  const tell = isForPrograms ? () => undefined : (event: RunEvent) => display.show(event);
  const { signal } = new AbortController();
  const result = await evaluateModel(host, { ...request, model }, { tell, signal }).finally(() =>
    display.clear(),
  );
  const { source, device } = result;
  const { data } = request;
  const text = () => JSON.stringify({ model: source, data, ...evaluationJson(result) }, null, 2);
  if (isForPrograms) console.log(text());
  else printEvaluation(result, { device, model: source, data: printable(data) });
  if (output !== undefined) {
    const isTable = extname(output).toLowerCase() === '.csv';
    const written = isTable ? evaluationCsv(result) : text();
    await writeOutput(output, new TextEncoder().encode(`${written}\n`));
    console.log(`\nWrote ${printable(output)}.`);
  }
  return exitCodes.done;
}
