/**
 * How other programs use a model: a short program in each of three worlds, for exactly this network, its classes and the way in
 * which it wants photos prepared. What predicts otherwise elsewhere was nearly always prepared otherwise.
 */
import { IMAGENET_MEAN, IMAGENET_STD, transformedSize, type Transform } from '../data/index.ts';
import type { ModelCard } from '../train/index.ts';

export interface Snippet {
  readonly title: string;
  /** What has to be installed, as it is typed, and the file of the model that it reads. */
  readonly needs: string;
  readonly file: string;
  readonly language: 'python' | 'typescript';
  readonly code: string;
}

type Described = Pick<ModelCard, 'architecture' | 'classes' | 'transform' | 'loss'>;

/** Each program takes a photo's path and prints the probability of each class, the likeliest first: `0.9876  cats`. */
export const snippetsFor = (card: Described): readonly Snippet[] => [pytorch(card), onnx(card), graft(card)];

const SAFETENSORS = 'model.safetensors';
const ONNX = 'model.onnx';

function pytorch({ architecture, classes, transform, loss }: Described): Snippet {
  const outputs = loss === 'bce' ? 1 : classes.length;
  const shares =
    loss === 'bce'
      ? ['    second = model(x)[0, 0].sigmoid()', 'shares = torch.stack([1 - second, second])']
      : ['    shares = model(x)[0].softmax(0)'];
  return {
    title: 'Python with PyTorch',
    needs: 'pip install torch torchvision safetensors pillow',
    file: SAFETENSORS,
    language: 'python',
    code: lines(
      'import sys',
      'import torch',
      'import torchvision',
      'from PIL import Image, ImageOps',
      'from safetensors.torch import load_file',
      'from torchvision.transforms import functional as F',
      '',
      `CLASSES = ${JSON.stringify(classes)}`,
      '',
      `model = torchvision.models.${architecture}(num_classes=${outputs})`,
      `model.load_state_dict(load_file("${SAFETENSORS}"))`,
      'model.eval()',
      '',
      ...photoLines(transform),
      `x = F.normalize(F.to_tensor(photo), ${list(IMAGENET_MEAN)}, ${list(IMAGENET_STD)})[None]`,
      'with torch.no_grad():',
      ...shares,
      '',
      ...printLines('shares.tolist()'),
    ),
  };
}

function onnx({ classes, transform, loss }: Described): Snippet {
  const shares =
    loss === 'bce'
      ? ['second = 1 / (1 + np.exp(-logits[0]))', 'shares = np.array([1 - second, second])']
      : ['shares = np.exp(logits - logits.max())', 'shares /= shares.sum()'];
  return {
    title: 'Python with ONNX Runtime',
    needs: 'pip install onnxruntime numpy pillow',
    file: ONNX,
    language: 'python',
    code: lines(
      'import sys',
      'import numpy as np',
      'import onnxruntime',
      'from PIL import Image, ImageOps',
      '',
      `CLASSES = ${JSON.stringify(classes)}`,
      '',
      `session = onnxruntime.InferenceSession("${ONNX}")`,
      '',
      ...photoLines(transform),
      `x = (np.asarray(photo, np.float32) / 255 - ${list(IMAGENET_MEAN)}) / ${list(IMAGENET_STD)}`,
      'x = x.transpose(2, 0, 1)[None].astype(np.float32)  # batch, channel, row, column',
      'logits = session.run(["logits"], {"input": x})[0][0]',
      ...shares,
      '',
      ...printLines('shares.tolist()'),
    ),
  };
}

function graft({ classes }: Described): Snippet {
  return {
    title: 'JavaScript with graft, on the GPU',
    needs: "in graft's folder: node --import tsx use-it.ts PHOTO.jpg",
    file: SAFETENSORS,
    language: 'typescript',
    code: lines(
      `import { nodeHost } from './src/platform/node/host.ts';`,
      `import { exitCleanly } from './src/platform/node/index.ts';`,
      `import { predict } from './src/run/predict.ts';`,
      '',
      '// The file says how photos are prepared, and what its classes are called.',
      `const request = { model: '${SAFETENSORS}', photos: process.argv.slice(2), top: ${classes.length} };`,
      'for await (const { ranked, reason } of predict(nodeHost({ onBadAutotuned: console.warn }), request)) {',
      '  if (reason) console.error(`The photo ${reason}`);',
      '  for (const one of ranked) console.log(`${one.probability.toFixed(4)}  ${one.class}`);',
      '}',
      'await exitCleanly(0);',
    ),
  };
}

/** Reads a photo as graft does: turned as its camera was held, its transparency handled, and resized by the same filter. */
function photoLines(transform: Transform): string[] {
  const { background } = transform;
  const open = 'photo = ImageOps.exif_transpose(Image.open(sys.argv[1]))';
  const colours = background
    ? [
        open,
        'photo = photo.convert("RGBA")',
        `behind = Image.new("RGBA", photo.size, (${background.join(', ')}, 255))`,
        'photo = Image.alpha_composite(behind, photo).convert("RGB")',
      ]
    : [`${open}.convert("RGB")`];
  const { width, height } = transformedSize(transform);
  if (transform.kind === 'resize')
    return [...colours, `photo = photo.resize((${width}, ${height}), Image.BILINEAR)`];
  return [
    ...colours,
    `photo = photo.resize([${transform.resize} * side // min(photo.size) for side in photo.size], Image.BILINEAR)`,
    `left, top = (round((side - ${transform.crop}) / 2) for side in photo.size)`,
    `photo = photo.crop((left, top, left + ${transform.crop}, top + ${transform.crop}))`,
  ];
}

const printLines = (shares: string): string[] => [
  `for share, name in sorted(zip(${shares}, CLASSES), reverse=True):`,
  '    print(f"{share:.4f}  {name}")',
];

const list = (values: readonly number[]): string => `[${values.join(', ')}]`;
const lines = (...all: readonly string[]): string => `${all.join('\n')}\n`;
