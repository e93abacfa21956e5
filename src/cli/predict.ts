// `npm run predict`: what a model sees on photos. One that graft trained brings its classes and its size along; plain
// ImageNet weights answer with the thousand classes that they were trained on.
import { colours as pc } from './colours.ts';
import { imagenetClasses } from '../data/imagenet-classes.ts';
import {
  inlineSource,
  transformedSize,
  type DecodedImage,
  type ImageSource,
  type Transform,
} from '../data/index.ts';
import { createDecodePool } from '../platform/decode-pool.ts';
import { nodeFiles } from '../platform/files.ts';
import { classify, restoreModel, topK, type LossName } from '../train/index.ts';
import type { ResNet } from '../nn/index.ts';
import { createCommand, exitCodes, runAndExit, UsageError } from './command.ts';
import { openGpu } from './device.ts';
import { percent, printable } from './format.ts';
import { wholeNumber } from './options.ts';
import { readWeightsFile } from './weights-file.ts';

interface PredictOptions {
  readonly model: string;
  readonly top?: number;
}

/** How torchvision's weights were tested. */
const IMAGENET_TRANSFORM: Transform = { kind: 'resize-short-crop', resize: 256, crop: 224 };
const BATCH = 16;
/** Fewer photos than this are decoded before a worker has started. */
const WORTH_A_POOL = 4;

const program = createCommand('predict', 'Say what is on photos.')
  .requiredOption('--model <file>', 'a model that train wrote, or plain ImageNet weights')
  .option('--top <k>', 'how many classes to show (default: 1, with ImageNet weights 5)', wholeNumber(1))
  .argument('<image...>', 'JPEG or PNG files')
  .addHelpText(
    'after',
    `
Example:
  npm run predict -- --model runs/model.safetensors photo.jpg

Exit codes: 0 all photos were read, 1 some or all were not.`,
  )
  .action((images: string[], options: PredictOptions) => runAndExit(() => predict(images, options)));

async function predict(images: readonly string[], options: PredictOptions): Promise<number> {
  const file = await readWeightsFile(options.model);
  const { gpu } = await openGpu();
  const { model, card } = restoreModel(gpu, file, file.source);
  const classes = card?.classes ?? classesFor(model.classes, file.source);
  const transform = card?.transform ?? IMAGENET_TRANSFORM;
  const loss = card?.loss ?? 'cross-entropy';
  const top = Math.min(options.top ?? (card ? 1 : 5), classes.length);

  const pool = images.length >= WORTH_A_POOL ? createDecodePool() : undefined;
  const source: ImageSource = pool ?? inlineSource(nodeFiles);
  let failed = 0;
  let batch: Photo[] = [];
  const finishBatch = async () => {
    if (batch.length > 0) await printBatch(model, batch, { classes, transform, loss, top });
    batch = [];
  };
  for await (const result of source.decode(images, transform)) {
    if (result.ok) {
      batch.push(result);
      if (batch.length === BATCH) await finishBatch();
    } else {
      await finishBatch();
      failed += 1;
      console.error(`${pc.red('error:')} ${printable(result.path)} ${printable(result.reason)}`);
    }
  }
  await finishBatch();
  await pool?.close();
  return failed > 0 ? exitCodes.failed : exitCodes.done;
}

interface Photo {
  readonly path: string;
  readonly image: DecodedImage;
}

interface Reading {
  readonly classes: readonly string[];
  readonly transform: Transform;
  readonly loss: LossName;
  readonly top: number;
}

async function printBatch(
  model: ResNet,
  photos: readonly Photo[],
  { classes, transform, loss, top }: Reading,
): Promise<void> {
  const { width, height } = transformedSize(transform);
  const bytes = width * height * 3;
  const data = new Uint8Array(photos.length * bytes);
  photos.forEach(({ image }, i) => data.set(image.data, i * bytes));
  const results = await classify(model, { width, height, data }, photos.length, loss);
  photos.forEach(({ path }, i) => {
    const shares = results[i] ?? [];
    const lines = topK(shares, top).map(
      (index) => `${percent(shares[index] ?? NaN)}  ${printable(classes[index] ?? String(index))}`,
    );
    if (top === 1) console.log(`${printable(path)}  ${lines.join('')}`);
    else console.log([pc.bold(printable(path)), ...lines.map((line) => `  ${line}`)].join('\n'));
  });
}

/** Names for a head that came without: ImageNet's, if it has as many outputs. */
function classesFor(outputs: number, source: string): readonly string[] {
  if (outputs === imagenetClasses.length) return imagenetClasses;
  throw new UsageError(
    `${source} has ${outputs} classes and does not name them: only plain ImageNet weights (1000 classes) and models that graft wrote can predict.`,
  );
}

await program.parseAsync();
