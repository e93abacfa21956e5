/**
 * Programs in JavaScript, by ONNX Runtime, for Node and for pages. Neither sharp nor a canvas resizes as Pillow does, and the
 * network was trained on what Pillow's filter gives: so they bring that filter along.
 */
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

/** What pages load ONNX Runtime from, unless whoever takes the page writes another address there. */
export const ORT_WEB = 'https://cdn.jsdelivr.net/npm/onnxruntime-web@1.30.0/dist/ort.bundle.min.mjs';

/** As src/data/resize.ts, to the bit. */
const RESIZE = `// Pillow's bilinear filter along rows, its weights in 22 bits. The photo then lies on its side, so that a second call does the columns.
function resizeRows({ data, width, height, channels }, size) {
  const scale = width / size;
  const reach = Math.max(scale, 1);
  const out = new Uint8ClampedArray(3 * size * height);
  for (let x = 0; x < size; x++) {
    const centre = (x + 0.5) * scale;
    const first = Math.max(0, Math.floor(centre - reach + 0.5));
    const count = Math.min(width, Math.floor(centre + reach + 0.5)) - first;
    const triangle = Array.from({ length: count }, (_, i) => Math.max(0, 1 - Math.abs(first + i + 0.5 - centre) * (1 / reach)));
    const total = triangle.reduce((sum, weight) => sum + weight);
    const weights = triangle.map((weight) => Math.trunc(0.5 + (weight / total) * 2 ** 22));
    for (let y = 0; y < height; y++)
      for (let channel = 0; channel < 3; channel++) {
        let sum = 2 ** 21;
        for (let i = 0; i < count; i++) sum += weights[i] * data[channels * (y * width + first + i) + channel];
        out[3 * (x * height + y) + channel] = sum >> 22;
      }
  }
  return { data: out, width: height, height: size, channels: 3 };
}
const resize = (photo, width, height) => resizeRows(resizeRows(photo, width), height);`;

/** As `centerCrop` of src/data/resize.ts. */
const CROP = `
// The middle of a photo; where it begins at half a pixel, that is rounded to an even number, as in Python.
function crop({ data, width, height }, size) {
  const start = (half) => (half % 2 === 0.5 ? half - 0.5 : Math.round(half));
  const [left, top] = [start((width - size) / 2), start((height - size) / 2)];
  const row = 3 * size;
  return Uint8Array.from({ length: row * size }, (_, i) => data[3 * ((top + Math.floor(i / row)) * width + left) + (i % row)]);
}`;

/** For pages whose network was shown transparent pixels as if they were opaque. */
const HIDDEN = `
// A canvas loses the colours of transparent pixels, which the network was shown; a texture keeps them.
function readHidden(image, data) {
  const gl = new OffscreenCanvas(1, 1).getContext('webgl2');
  const texture = gl.createTexture();
  gl.bindTexture(gl.TEXTURE_2D, texture);
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, image);
  gl.bindFramebuffer(gl.FRAMEBUFFER, gl.createFramebuffer());
  gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0);
  gl.readPixels(0, 0, image.width, image.height, gl.RGBA, gl.UNSIGNED_BYTE, data);
  gl.getExtension('WEBGL_lose_context')?.loseContext(); // a browser has only so many
}`;

/** For Node, with sharp to read photos. */
export function onnxNode(model: ModelInFile): Program {
  const { file } = model;
  const name = besides(file, '.mjs');
  const needs = 'npm install onnxruntime-node sharp';
  const how = heading(
    [needs, `node ${inComment(name)} PHOTO.jpg`],
    'prints its likeliest classes with their probabilities, "  0.9876  cats"; predict() gives all classes to a program.',
  );
  const preparation = lines(...nodePixels(model.transform), ...predictLines(model));
  const code = lines(
    ...how.map((line) => `// ${line}`),
    `import { realpathSync } from 'node:fs';`,
    `import { fileURLToPath } from 'node:url';`,
    `import * as ort from 'onnxruntime-node';`,
    `import sharp from 'sharp';`,
    '',
    ...modelLines(model, (url) => `fileURLToPath(${url})`),
    '',
    preparation,
    ...helpers(model.transform),
    '',
    'if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url))',
    '  for (const path of process.argv.slice(2)) {',
    '    console.log(path);',
    '    for (const [share, name] of (await predict(path)).slice(0, 5)) console.log(`  ${share.toFixed(4)}  ${name}`);',
    '  }',
  );
  return {
    ...{ title: 'JavaScript in Node with ONNX Runtime', needs, file, name, language: 'javascript' },
    ...{ code, preparation },
  };
}

/** For browsers: a whole page, whose script another page may take. */
export function onnxPage(model: ModelInFile): Program {
  const { file } = model;
  const name = besides(file, '.html');
  const needs = 'python3 -m http.server';
  const how = heading(
    [`${needs}    in this folder, or any other server; then http://localhost:8000/${inComment(name)}`],
    `shows the likeliest classes of a photo that is chosen there; predict() gives all classes of a File or Blob to a program.
Vite and the like take onnxruntime-web from npm: remove the import map.`,
  );
  const preparation = lines(...pagePixels(model.transform), ...predictLines(model));
  const script = lines(
    `import * as ort from 'onnxruntime-web';`,
    '',
    ...modelLines(model, (url) => `${url}.href`),
    '',
    preparation,
    ...helpers(model.transform),
    ...(model.transform.background ? [] : [HIDDEN]),
    '',
    "const output = document.querySelector('output');",
    `document.querySelector('input').onchange = async ({ target }) => {`,
    "  output.innerText = 'Looking …';",
    '  const text = ([share, name]) => `${share.toFixed(4)}  ${name}`;',
    '  const told = (found) => found.slice(0, 5).map(text).join(`\\n`);',
    '  output.innerText = await predict(target.files[0]).then(told, String);',
    '};',
  );
  const code = lines(
    '<!doctype html>',
    '<!--',
    ...how,
    '-->',
    '<meta charset="utf-8" />',
    '<title>What is on a photo</title>',
    '<script type="importmap">',
    `  { "imports": { "onnxruntime-web": "${ORT_WEB}" } }`,
    '</script>',
    '<p><input type="file" accept="image/*" aria-label="Photo" /></p>',
    '<output style="white-space: pre"></output>',
    '<script type="module">',
    indented(script).trimEnd(),
    '</script>',
  );
  return {
    ...{ title: 'JavaScript in a page with ONNX Runtime', needs, file, name, language: 'html' },
    ...{ code, preparation },
  };
}

/** A text as JavaScript that may stand in a page: no class's name ends the script. */
const quoted = (text: string): string => JSON.stringify(text).replaceAll('<', '\\u003c');

function modelLines({ classes, file }: ModelInFile, pathOf: (url: string) => string): string[] {
  const url = `new URL(${quoted(encodeURIComponent(file))}, import.meta.url)`;
  return [
    `const CLASSES = [${classes.map(quoted).join(', ')}];`,
    `const [MEAN, STD] = [${list(IMAGENET_MEAN)}, ${list(IMAGENET_STD)}];`,
    `const session = ort.InferenceSession.create(${pathOf(url)});`,
  ];
}

const helpers = (transform: Transform): string[] => (transform.kind === 'resize' ? [RESIZE] : [RESIZE, CROP]);

function nodePixels({ background }: Transform): string[] {
  const alpha = background ? `flatten({ background: '${hex(background)}' })` : 'removeAlpha()';
  return [
    "// A photo's pixels, turned as its camera was held, in the colours that the file stores.",
    'async function pixelsOf(file) {',
    '  const photo = sharp(file, { ignoreIcc: true, autoOrient: true });',
    `  const raw = photo.toColourspace('srgb').${alpha}.raw({ depth: 'uchar' });`,
    '  const { data, info } = await raw.toBuffer({ resolveWithObject: true });',
    '  return { data, ...info };',
    '}',
    '',
  ];
}

function pagePixels({ background }: Transform): string[] {
  return [
    "// A photo's pixels, turned as its camera was held, in the colours that the file stores.",
    'async function pixelsOf(file) {',
    `  const image = await createImageBitmap(file, { colorSpaceConversion: 'none', premultiplyAlpha: 'none' });`,
    '  const { width, height } = image;',
    "  const canvas = new OffscreenCanvas(width, height).getContext('2d');",
    ...(background
      ? [`  canvas.fillStyle = '${hex(background)}';`, '  canvas.fillRect(0, 0, width, height);']
      : []),
    '  canvas.drawImage(image, 0, 0);',
    '  const { data } = canvas.getImageData(0, 0, width, height);',
    ...(background
      ? []
      : ['  if (data.some((value, i) => i % 4 === 3 && value < 255)) readHidden(image, data);']),
    '  return { data, width, height, channels: 4 };',
    '}',
    '',
  ];
}

const hex = (colour: readonly number[]): string =>
  `#${colour.map((value) => value.toString(16).padStart(2, '0')).join('')}`;

/** From a photo to the probabilities, the same wherever JavaScript runs. */
function predictLines({ transform, loss }: ModelInFile): string[] {
  const { width, height } = transformedSize(transform);
  const pixels = width * height;
  return [
    'export async function predict(file) {',
    '  const photo = await pixelsOf(file);',
    ...(transform.kind === 'resize'
      ? [`  const { data } = resize(photo, ${width}, ${height});`]
      : [
          `  const sides = [photo.width, photo.height].map((side) => Math.floor((${transform.resize} * side) / Math.min(photo.width, photo.height)));`,
          `  const data = crop(resize(photo, ...sides), ${transform.crop});`,
        ]),
    `  const input = new Float32Array(${3 * pixels}); // channel, row, column`,
    '  data.forEach((value, i) => {',
    `    input[(i % 3) * ${pixels} + Math.floor(i / 3)] = (value / 255 - MEAN[i % 3]) / STD[i % 3];`,
    '  });',
    `  const { logits } = await (await session).run({ input: new ort.Tensor('float32', input, [1, 3, ${height}, ${width}]) });`,
    ...(loss === 'bce'
      ? ['  const second = 1 / (1 + Math.exp(-logits.data[0]));', '  const shares = [1 - second, second];']
      : [
          '  const most = Math.max(...logits.data);',
          '  const powers = Array.from(logits.data, (value) => Math.exp(value - most));',
          '  const total = powers.reduce((sum, power) => sum + power);',
          '  const shares = powers.map((power) => power / total);',
        ]),
    '  return CLASSES.map((name, i) => [shares[i], name]).sort(([a], [b]) => b - a);',
    '}',
  ];
}
