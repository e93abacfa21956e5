// `graft weights`: lists and downloads known networks, inspects and converts weights files.
import { extname } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import {
  cachePath,
  findCached,
  resolveWeights,
  sha256Of,
  wrongFile,
} from '../platform/node/weights-cache.ts';
import { nodeFiles } from '../platform/node/files.ts';
import { readBytes } from '../run/model/weights-file.ts';
import { weightsText } from '../run/texts.ts';
import { convertWeights, summariseWeights } from '../run/weights.ts';
import { catalogue, findInCatalogue, type CatalogueEntry } from '../weights/index.ts';
import { addCommand, exitCodes, runAndExit, UsageError } from './command.ts';
import { count, printable } from '../format.ts';
import { heading, shellWord } from './terminal/format.ts';
import { stopSignal } from './terminal/interrupt.ts';
import { typed } from './terminal/invocation.ts';
import { checkOutput, writeOutput } from '../platform/node/output-file.ts';
import { DownloadDisplay } from './terminal/download-display.ts';

type Dtype = 'f32' | 'f16';

/** Adds `weights` with `list`, `download`, `info` and `convert` to `program`. */
export function addWeightsCommand(program: Command): void {
  const weights = program
    .command('weights')
    .description('Download, inspect and convert pretrained weights.')
    .helpCommand(false)
    .showHelpAfterError();
  addList(weights);
  addDownload(weights);
  addInfo(weights);
  addConvert(weights);
}

function addList(weights: Command): void {
  addCommand(weights, 'list', {
    description: 'List the networks that graft knows by name, and which of them are on this machine.',
    examples: [''],
  }).action(() => runAndExit(list));
}

async function list(): Promise<number> {
  const longest = Math.max(...catalogue.map(({ name }) => name.length));
  for (const entry of catalogue) {
    const cached = await findCached(entry);
    const wrong = cached === undefined ? await wrongFile(entry) : undefined;
    const here = cached ?? (wrong === undefined ? 'no' : `no: ${wrong}`);
    heading(entry.name.padEnd(longest), entry.note);
    console.log(`  from      ${entry.url}, ${(entry.bytes / 1e6).toFixed(1)} MB`);
    console.log(`  SHA-256   ${entry.sha256Prefix}…`);
    console.log(`  licence   ${entry.licence}`);
    console.log(`  here      ${printable(here)}`);
  }
  return exitCodes.done;
}

function addDownload(weights: Command): void {
  addCommand(weights, 'download', {
    description: 'Download a known network to the cache, or resume a download that was cut off.',
    examples: ['resnet18', 'resnet34 --output resnet34.safetensors --dtype f16'],
    notes: `The file is checked by its SHA-256 and kept as published. $GRAFT_CACHE names the cache's folder,
$GRAFT_WEIGHTS_URL the folder of a mirror. What torch.hub has already downloaded is used as it is.`,
  })
    .argument('<name>', `one of: ${catalogue.map(({ name }) => name).join(', ')}`, knownEntry)
    .option('--output <file>', 'also convert it to this safetensors file')
    .addOption(dtypeOption())
    .action((entry: CatalogueEntry, options: { readonly output?: string; readonly dtype: Dtype }) =>
      runAndExit(() => downloadWeights(entry, options)),
    );
}

async function downloadWeights(
  entry: CatalogueEntry,
  { output, dtype }: { readonly output?: string; readonly dtype: Dtype },
): Promise<number> {
  if (output !== undefined) checkEnding(output);
  const { signal } = stopSignal();
  const display = new DownloadDisplay(entry.name);
  let path: string;
  try {
    path = await resolveWeights(entry.name, { download: 'yes', signal, onProgress: display.update });
  } catch (error) {
    if (!signal.aborted) throw error;
    const again = typed(`weights download ${entry.name}`);
    console.error(`Interrupted. What has arrived is kept: ${again} continues from there.`);
    return exitCodes.interrupted;
  } finally {
    display.clear();
  }
  const whose = path === cachePath(entry) ? '' : ', which another program has downloaded';
  console.log(`${entry.name} is at ${printable(path)}${whose}.`);
  console.log(`Licence: ${entry.licence}.`);
  if (output !== undefined) await convert(path, output, dtype);
  return exitCodes.done;
}

function knownEntry(name: string): CatalogueEntry {
  const entry = findInCatalogue(name);
  if (entry) return entry;
  throw new InvalidArgumentError(`graft knows ${catalogue.map((known) => known.name).join(', ')}.`);
}

function addInfo(weights: Command): void {
  addCommand(weights, 'info', {
    description: 'Show what is in a weights file: names, shapes, dtypes, metadata, checksum.',
    examples: ['model.safetensors'],
  })
    .argument('<file>', 'a .safetensors or .pth file')
    .action((file: string) => runAndExit(() => info(file)));
}

async function info(path: string): Promise<number> {
  const found = await readBytes(nodeFiles, path);
  const { lines, format, tensors, numbers, metadata, network, notes } = await summariseWeights(found);
  console.log(`${lines.join('\n')}\n`);
  heading('file', `${found.source}, ${format}, ${count(found.bytes.length)} bytes`);
  heading('SHA-256', await sha256Of(path));
  heading('tensors', `${count(tensors.length)} with ${count(numbers)} numbers`);
  if (network !== undefined) heading('network', network);
  if (notes.length > 0) heading('read as', printable(notes.join('; ')));
  for (const [key, text] of Object.entries(metadata)) heading('metadata', printable(`${key}: ${text}`));
  return exitCodes.done;
}

function addConvert(weights: Command): void {
  addCommand(weights, 'convert', {
    description:
      'Convert a weights file to safetensors, which loads without running code and in any program.',
    examples: ['resnet18.pth resnet18.safetensors', 'model.safetensors small.safetensors --dtype f16'],
  })
    .argument('<in>', 'a .pth or .safetensors file')
    .argument('<out>', 'the .safetensors file to write')
    .addOption(dtypeOption())
    .action((from: string, to: string, { dtype }: { readonly dtype: Dtype }) =>
      runAndExit(async () => {
        checkEnding(to);
        await convert(from, to, dtype);
        return exitCodes.done;
      }),
    );
}

async function convert(from: string, to: string, dtype: Dtype): Promise<void> {
  const found = await readBytes(nodeFiles, from);
  await checkOutput(to, from);
  const { bytes, summary, notes } = await convertWeights(found, dtype);
  await writeOutput(to, bytes);
  if (notes.length > 0) console.log(printable(weightsText(found.source, notes)));
  console.log(`Wrote ${shellWord(printable(to))}: ${summary}.`);
}

/** How floats are stored, for the commands that write weights. */
export const dtypeOption = (): Option =>
  new Option('--dtype <type>', 'how to store the numbers; f16 halves the file and rounds to 11 bits')
    .choices(['f32', 'f16'])
    .default('f32');

/** A safetensors file with the ending of another format would be mistaken for that. */
function checkEnding(path: string): void {
  if (extname(path).toLowerCase() === '.safetensors') return;
  throw new UsageError(
    `"${printable(path)}" does not end in .safetensors, the format that is written.`,
    'For ONNX: graft export --format onnx.',
  );
}
