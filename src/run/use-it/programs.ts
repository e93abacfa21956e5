/**
 * How other programs use a model: a short program in each of several worlds, for exactly this network, its classes and the way in
 * which it wants photos prepared. What predicts otherwise elsewhere was nearly always prepared otherwise.
 */
import type { ExportOptions } from '../export.ts';
import { onnxNode, onnxPage } from './javascript.ts';
import { lines, type Described, type ModelInFile, type Program } from './program.ts';
import { onnxPython, pytorch } from './python.ts';

/** Each takes photos and tells the probability of each class, the likeliest first. */
export const programsFor = (
  model: Described,
  format: ExportOptions['format'],
  file: string,
): readonly Program[] => programs[format].map((program) => program({ ...model, file }));

const programs = { safetensors: [pytorch], onnx: [onnxPython, onnxNode, onnxPage] } as const;

/** By graft itself, in its own folder. */
export function graftProgram({ classes, file }: ModelInFile): Program {
  return {
    title: 'JavaScript with graft, on the GPU',
    needs: "in graft's folder: node --import tsx use-it.ts PHOTO.jpg",
    file,
    name: 'use-it.ts',
    language: 'typescript',
    code: lines(
      `import { nodeHost } from './src/platform/node/host.ts';`,
      `import { exitCleanly } from './src/platform/node/index.ts';`,
      `import { predict } from './src/run/predict.ts';`,
      '',
      '// The file says how photos are prepared, and what its classes are called.',
      `const request = { model: ${JSON.stringify(file)}, photos: process.argv.slice(2), top: ${classes.length} };`,
      'for await (const { ranked, reason } of predict(nodeHost({ onBadAutotuned: console.warn }), request)) {',
      '  if (reason) console.error(`The photo ${reason}`);',
      '  for (const one of ranked) console.log(`${one.probability.toFixed(4)}  ${one.class}`);',
      '}',
      'await exitCleanly(0);',
    ),
  };
}
