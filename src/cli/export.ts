// `graft export`: a trained model for other programs, as safetensors that torchvision's networks load, or as ONNX.
import { basename, dirname, join } from 'node:path';
import { Option, type Command } from 'commander';
import { printable } from '../format.ts';
import { exportModel, type ExportOptions } from '../run/export.ts';
import { readModelFile } from '../run/model/model-file.ts';
import { weightsText } from '../run/texts.ts';
import { MARK, type Program } from '../run/use-it/program.ts';
import { programsFor } from '../run/use-it/programs.ts';
import { addCommand, exitCodes, runAndExit, UsageError } from './command.ts';
import { commandHost } from './device.ts';
import { chosenModel, MODEL_HELP } from './model-choice.ts';
import { nodeFiles } from '../platform/node/files.ts';
import { checkOutput, writeOutput } from '../platform/node/output-file.ts';
import { dtypeOption } from './weights.ts';

type Options = Omit<ExportOptions, 'version'> & { readonly output: string; readonly model?: string };

/** Adds `export` to `program`. */
export function addExportCommand(program: Command): void {
  addCommand(program, 'export', {
    description: 'Write a model for PyTorch (safetensors) or for ONNX runtimes.',
    examples: [
      '--format onnx --output photos.onnx',
      'runs/photos --format safetensors --output photos.safetensors --dtype f16',
    ],
    notes: `safetensors: for torchvision's network, model.load_state_dict(safetensors.torch.load_file(FILE)).
onnx: input "input" [batch, 3, height, width], RGB in 0 … 1 minus ImageNet's mean, divided by its deviation; output "logits". Batch, height
and width may be any; the network is best at those that it was trained at.
The file's metadata holds the classes, the size, the mean and the deviation. Beside the file come programs that prepare photos exactly as in
training and tell what is on them: a .py, and for onnx a .mjs for Node and a .html for pages.`,
  })
    .argument('[model]', `a run's folder, or a .safetensors or .pth file ${MODEL_HELP}`)
    .addOption(new Option('--model <path>', 'the same, as for the other commands'))
    .addOption(
      new Option('--format <format>', 'what to write').choices(['safetensors', 'onnx']).makeOptionMandatory(),
    )
    .requiredOption('--output <file>', 'the file to write')
    .addOption(dtypeOption())
    .action((model: string | undefined, options: Options) => runAndExit(() => writeExport(model, options)));
}

async function writeExport(
  argument: string | undefined,
  { output, model = argument, ...options }: Options,
): Promise<number> {
  if (argument !== undefined && model !== argument)
    throw new UsageError(`Both ${printable(argument)} and --model ${printable(model ?? '')} were given.`);
  const host = commandHost();
  const file = await readModelFile(host, await chosenModel(host, model, console.log));
  await checkOutput(output, file.path);
  const {
    bytes,
    network,
    model: described,
    notes,
  } = await exportModel(file, { ...options, version: host.version });
  await writeOutput(output, bytes);
  if (notes.length > 0) console.log(printable(weightsText(file.source, notes)));
  console.log(
    `Wrote ${printable(output)}: ${network}, ${options.format}, ${(bytes.length / 1e6).toFixed(1)} MB.`,
  );
  for (const program of programsFor(described, options.format, basename(output)))
    await writeProgram(program, dirname(output));
  return exitCodes.done;
}

/** Writes a program beside the model, unless a file of the user's has its name, and shows how it prepares photos. */
async function writeProgram(
  { name, title, language, preparation, code }: Program,
  folder: string,
): Promise<void> {
  const path = join(folder, name);
  if (await mayWrite(path)) {
    await writeOutput(path, new TextEncoder().encode(code));
    console.log(`Wrote ${printable(path)}: ${title}.`);
  } else {
    console.log(
      `Kept ${printable(path)}, which is not graft's: rename it and export again to have ${title}.`,
    );
  }
  if (preparation !== undefined && language !== 'html') console.log(`\n${preparation}`); // the page's is that of Node
}

async function mayWrite(path: string): Promise<boolean> {
  const kind = await nodeFiles.kind(path);
  if (kind !== 'file') return kind === 'missing';
  return new TextDecoder().decode(await nodeFiles.read(path)).includes(MARK);
}
