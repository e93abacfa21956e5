// Besides the usual rules this holds the architecture: imports point one way (see `layers`), and only
// platform/, cli/ and tests may know that Node or the DOM exist.
import { builtinModules } from 'node:module';
import tseslint from 'typescript-eslint';

/** What a folder of src/ may import from, apart from itself. */
const layers = {
  gpu: [],
  kernels: ['gpu'],
  autograd: ['gpu', 'kernels'],
  nn: ['gpu', 'kernels', 'autograd'],
  optim: ['gpu', 'kernels', 'autograd', 'nn'],
  weights: [],
  data: [],
  train: ['gpu', 'kernels', 'autograd', 'nn', 'optim', 'weights', 'data'],
  platform: ['gpu', 'data', 'weights'],
  cli: ['gpu', 'kernels', 'autograd', 'nn', 'optim', 'weights', 'data', 'train', 'platform'],
};
const folders = Object.keys(layers);
const nodeModules = builtinModules.flatMap((name) => [name, `node:${name}`]);
const domGlobals = [
  'window',
  'document',
  'navigator',
  'process',
  'Buffer',
  'setImmediate',
  '__dirname',
  'require',
];

const directions = folders.map((folder) => ({
  files: [`src/${folder}/**/*.ts`],
  ignores: ['src/**/*.test.ts'],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            group: folders
              .filter((f) => f !== folder && !layers[folder].includes(f))
              .map((f) => `**/${f}/**`),
            message: `src/${folder} may import only from: ${[folder, ...layers[folder]].join(', ')}.`,
          },
          ...(['platform', 'cli'].includes(folder)
            ? []
            : [
                {
                  group: nodeModules,
                  message: `src/${folder} runs in browsers too: take it from platform/ instead.`,
                },
              ]),
        ],
      },
    ],
    ...(['platform', 'cli'].includes(folder) ? {} : { 'no-restricted-globals': ['error', ...domGlobals] }),
  },
}));

export default tseslint.config(
  { ignores: ['node_modules/', 'dist/', 'runs/', 'coverage/', 'bench/peers/node_modules/'] },
  ...tseslint.configs.recommended,
  ...tseslint.configs.stylistic,
  {
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off', // judged in review: each one gives its reason
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      eqeqeq: 'error',
      'prefer-const': 'error',
    },
  },
  ...directions,
);
