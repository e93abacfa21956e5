/** Programs in Python, which read photos by Pillow as graft does to the bit. */
import { IMAGENET_MEAN, IMAGENET_STD, transformedSize, type Transform } from '../../data/index.ts';
import {
  besides,
  heading,
  inComment,
  indented,
  lines,
  list,
  type ModelInFile,
  type Program,
} from './program.ts';

/** By torchvision's network, of a safetensors file. */
export function pytorch(model: ModelInFile): Program {
  const { architecture, classes, transform, loss, file } = model;
  const outputs = loss === 'bce' ? 1 : classes.length;
  return python(model, {
    title: 'Python with PyTorch',
    packages: 'torch torchvision safetensors pillow',
    imports: [
      'import torch',
      'import torchvision',
      'from PIL import Image, ImageOps',
      'from safetensors.torch import load_file',
      'from torchvision.transforms import functional as F',
    ],
    load: [
      `model = torchvision.models.${architecture}(num_classes=${outputs})`,
      `model.load_state_dict(load_file(Path(__file__).with_name(${JSON.stringify(file)})))`,
      'model.eval()',
    ],
    answer: [
      ...photoLines(transform),
      `x = F.normalize(F.to_tensor(photo), ${list(IMAGENET_MEAN)}, ${list(IMAGENET_STD)})`,
      'with torch.no_grad():',
      '    logits = model(x[None])[0]  # any temperature is in its weights',
      ...(loss === 'bce'
        ? ['second = logits.sigmoid().item()', 'shares = [1 - second, second]']
        : ['shares = logits.softmax(0).tolist()']),
    ],
  });
}

/** By ONNX Runtime, of an ONNX file. */
export function onnxPython(model: ModelInFile): Program {
  const { transform, loss, file } = model;
  return python(model, {
    title: 'Python with ONNX Runtime',
    packages: 'onnxruntime numpy pillow',
    imports: ['import numpy as np', 'import onnxruntime', 'from PIL import Image, ImageOps'],
    load: [`session = onnxruntime.InferenceSession(str(Path(__file__).with_name(${JSON.stringify(file)})))`],
    answer: [
      ...photoLines(transform),
      `x = (np.asarray(photo) / 255 - ${list(IMAGENET_MEAN)}) / ${list(IMAGENET_STD)}`,
      'x = x.transpose(2, 0, 1)[None].astype(np.float32)  # batch, channel, row, column',
      'logits = session.run(["logits"], {"input": x})[0][0]  # any temperature is in its weights',
      ...(loss === 'bce'
        ? ['second = float(1 / (1 + np.exp(-logits[0])))', 'shares = [1 - second, second]']
        : ['powers = np.exp(logits - logits.max())', 'shares = (powers / powers.sum()).tolist()']),
    ],
  });
}

interface Parts {
  readonly title: string;
  readonly packages: string;
  readonly imports: readonly string[];
  readonly load: readonly string[];
  /** From `path` to `shares`. */
  readonly answer: readonly string[];
}

function python({ classes, file }: ModelInFile, { title, packages, imports, load, answer }: Parts): Program {
  const needs = `pip install ${packages}`;
  const name = besides(file, '.py');
  const preparation = lines(...answer);
  const how = heading(
    [needs, `python3 ${inComment(name)} PHOTO.jpg`],
    'prints its likeliest classes with their probabilities, "  0.9876  cats"; predict() gives all classes to a program.',
  );
  const code = lines(
    ...how.map((line) => `# ${line}`),
    'import sys',
    'from pathlib import Path',
    '',
    ...imports,
    '',
    `CLASSES = [${classes.map((name) => JSON.stringify(name)).join(', ')}]`,
    ...load,
    '',
    '',
    'def predict(path):',
    indented(preparation).trimEnd(),
    '    return sorted(zip(shares, CLASSES), reverse=True)',
    '',
    '',
    'if __name__ == "__main__":',
    '    for path in sys.argv[1:]:',
    '        print(path)',
    '        for share, name in predict(path)[:5]:',
    '            print(f"  {share:.4f}  {name}")',
  );
  return { title, needs, file, name, language: 'python', code, preparation };
}

/** Reads a photo as graft does: turned as its camera was held, its transparency handled, and resized by the same filter. */
function photoLines(transform: Transform): string[] {
  const { background } = transform;
  const open = 'photo = ImageOps.exif_transpose(Image.open(path))';
  const colours = background
    ? [
        `${open}.convert("RGBA")`,
        `behind = Image.new("RGBA", photo.size, (${background.join(', ')}))`,
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
