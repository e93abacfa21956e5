// `graft evaluate`: how good a model is on photos that are sorted into folders of classes, class by class.
import { Option, type Command } from 'commander';
import { printable } from '../format.ts';
import { evaluateModel, evaluationJson, parts, type EvaluateRequest } from '../run/evaluate.ts';
import { addCommand, exitCodes, runAndExit } from './command.ts';
import { commandHost } from './device.ts';
import { printEvaluation } from './evaluation-report.ts';
import { TrainDisplay } from './train/display.ts';

type EvaluateOptions = EvaluateRequest & { readonly json?: true };

/** Adds `graft evaluate` to the program. */
export function addEvaluateCommand(program: Command): void {
  addCommand(program, 'evaluate', {
    description: 'Evaluate a model on photos sorted into classes.',
    examples: ['--model runs/photos --data test-photos', '--model runs/photos --data photos --json'],
    notes: `If --data holds train/ and val/ (or test/), the latter is used; otherwise all photos are,
which may include those that the model was trained on.`,
  })
    .requiredOption('--model <path>', 'a run of train, or a model file that it wrote')
    .requiredOption('--data <dir>', 'a folder with one folder of photos per class')
    .addOption(
      new Option('--part <name>', 'which part, if --data has train/ and val/ (default: val)').choices(parts),
    )
    .option('--labels <file>', 'CSV file with the class of each photo, for photos in no class folders')
    .option('--labels-from-names', 'photos are called after their classes: cat.0.jpg')
    .option('--json', 'print the results as JSON')
    .option('--half', 'store the network in 16-bit floats: less memory, logits to three digits')
    .action((options: EvaluateOptions) => runAndExit(() => evaluate(options)));
}

async function evaluate({ json, ...request }: EvaluateOptions): Promise<number> {
  const display = new TrainDisplay();
  const tell = json ? () => undefined : (event: Parameters<TrainDisplay['show']>[0]) => display.show(event);
  const { signal } = new AbortController();
  const result = await evaluateModel(commandHost(), request, { tell, signal }).finally(() => display.clear());
  const { source: model, device } = result;
  const { data } = request;
  if (json) console.log(JSON.stringify({ model, data, ...evaluationJson(result) }, null, 2));
  else printEvaluation(result, { device, model, data: printable(data) });
  return exitCodes.done;
}
