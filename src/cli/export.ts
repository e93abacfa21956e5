// `graft export`: a trained model for other programs, as safetensors that torchvision's networks load, or as ONNX.
import { Option, type Command } from 'commander';
import { IMAGENET_MEAN, IMAGENET_STD, transformedSize } from '../data/index.ts';
import { detectNetwork, networks, outputsIn, type NetworkEntry } from '../networks/index.ts';
import { decodeCard, type ModelCard } from '../train/files/checkpoint.ts';
import { matchStateDict, writeOnnx, writeSafetensors, type StateDict } from '../weights/index.ts';
import { addCommand, exitCodes, runAndExit } from './command.ts';
import { printable } from './terminal/format.ts';
import { readModelFile } from './model/model-file.ts';
import { checkOutput, writeOutput } from './output-file.ts';
import { modelFileOf } from './run/reading.ts';
import { graftVersion } from './version.ts';
import { dtypeOption } from './weights.ts';

interface ExportOptions {
  readonly format: 'safetensors' | 'onnx';
  readonly output: string;
  readonly dtype: 'f32' | 'f16';
}

/** Adds `export` to `program`. */
export function addExportCommand(program: Command): void {
  addCommand(program, 'export', {
    description: 'Write a model for PyTorch (safetensors) or for ONNX runtimes.',
    examples: [
      'runs/photos --format onnx --output photos.onnx',
      'runs/photos --format safetensors --output photos.safetensors --dtype f16',
    ],
    notes: `safetensors: model.load_state_dict(safetensors.torch.load_file(FILE)) of torchvision's network.
onnx: input "input" [batch, 3, height, width], RGB in 0 … 1 less ImageNet's mean, over its deviation; output "logits".
The classes, the size, the mean and the deviation stand in the file's metadata.`,
  })
    .argument('<model>', "a run's folder, or a .safetensors or .pth file")
    .addOption(
      new Option('--format <format>', 'what to write').choices(['safetensors', 'onnx']).makeOptionMandatory(),
    )
    .requiredOption('--output <file>', 'the file to write')
    .addOption(dtypeOption())
    .action((model: string, options: ExportOptions) => runAndExit(() => exportModel(model, options)));
}

async function exportModel(path: string, { format, output, dtype }: ExportOptions): Promise<number> {
  const { tensors, metadata, source } = await readModelFile(path);
  const card = decodeCard(metadata, source);
  const network = networks[card?.architecture ?? detectNetwork(tensors, source)];
  const model = modelTensors(tensors, network, source);
  await checkOutput(output, await modelFileOf(path));
  const texts = cardTexts(metadata, network.name, card);
  const bytes =
    format === 'onnx'
      ? writeOnnx(model, {
          network,
          outputs: outputsIn(model, network),
          size: imageSize(card, network),
          dtype,
          metadata: texts,
          version: graftVersion(),
          source,
        })
      : writeSafetensors(model, { dtype, source, metadata: texts });
  await writeOutput(output, bytes);
  console.log(
    `Wrote ${printable(output)}: ${network.name}, ${format}, ${(bytes.length / 1e6).toFixed(1)} MB.`,
  );
  return exitCodes.done;
}

/**
 * The tensors that torchvision's network has, in its order: what training keeps beside them is left
 * out, and batch norm's counts, which old files lack, are 0. Throws `WeightsError` where others are
 * missing, too many or of another shape.
 */
export function modelTensors(tensors: StateDict, network: NetworkEntry, source: string): StateDict {
  const own = new Map([...tensors].filter(([name]) => !name.startsWith('optimizer.')));
  const expected = network.stateShapes(outputsIn(own, network));
  const fitting = matchStateDict(expected, own, { source }).tensors;
  const noCount = { shape: [], data: Float32Array.of(0) };
  return new Map(Array.from(expected.keys(), (name) => [name, fitting.get(name) ?? noCount]));
}

/** Height and width of the model's images. */
function imageSize(
  card: ModelCard | undefined,
  { inputSize }: NetworkEntry,
): [height: number, width: number] {
  if (!card) return [inputSize, inputSize];
  const { width, height } = transformedSize(card.transform);
  return [height, width];
}

/** What `encodeCheckpoint` says of a model, and of the state of a training run nothing. */
const CARD_KEYS = ['classes', 'image_size', 'resize', 'loss', 'graft', 'epoch', 'val_accuracy', 'val_loss'];

function cardTexts(
  metadata: Readonly<Record<string, string>>,
  network: string,
  card: ModelCard | undefined,
): Record<string, string> {
  const known = Object.entries(metadata).filter(([key]) => CARD_KEYS.includes(key));
  return {
    format: 'pt', // what transformers and timm look for
    arch: network,
    ...(card && Object.fromEntries(known)),
    mean: JSON.stringify(IMAGENET_MEAN),
    std: JSON.stringify(IMAGENET_STD),
  };
}
