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
  networks: ['gpu', 'kernels', 'autograd', 'nn', 'weights'],
  train: ['gpu', 'kernels', 'autograd', 'nn', 'optim', 'networks', 'weights', 'data'],
  report: ['train', 'data'],
  bench: ['gpu', 'kernels', 'autograd', 'nn', 'optim', 'networks', 'weights', 'train'],
  run: [
    ...['gpu', 'kernels', 'autograd', 'nn', 'optim', 'networks', 'weights', 'data'],
    ...['train', 'report'],
  ],
  platform: ['gpu', 'kernels', 'data', 'weights', 'run'],
  cli: [
    ...['gpu', 'kernels', 'autograd', 'nn', 'optim', 'networks', 'weights', 'data'],
    ...['train', 'report', 'bench', 'run', 'platform'],
  ],
  api: [
    ...['gpu', 'kernels', 'autograd', 'nn', 'optim', 'networks', 'weights', 'data'],
    ...['train', 'report', 'run', 'platform'],
  ],
};
const folders = Object.keys(layers);
/** Folders that know where they run; the others run in browsers as well as in Node. */
const atHome = ['platform', 'cli', 'api'];
/** Folders that may use npm packages for file formats; the rest of the engine is written here. */
const withPackages = ['weights', 'data'];

const nodeModules = `^(node:.*|(${builtinModules.join('|')})(/.*)?)$`;
const hostGlobals = (
  'window self document navigator localStorage indexedDB Worker Image OffscreenCanvas ' +
  'process Buffer setImmediate global require __dirname __filename'
).split(' ');

/**
 * The rules of one folder of src/: where its imports may point, and that it does not know where it runs. `exception`
 * names files in a folder that is else forbidden: { folder, files: a regular expression of them, message }.
 */
function rulesOf(folder, exception) {
  const forbidden = folders.filter(
    (other) => other !== folder && other !== exception?.folder && !layers[folder].includes(other),
  );
  const directions = {
    group: forbidden.map((other) => `**/${other}/**`),
    message: `src/${folder} may import only from: ${[folder, ...layers[folder]].join(', ')}.`,
  };
  const host = withPackages.includes(folder)
    ? {
        regex: nodeModules,
        message: `src/${folder} runs in browsers too: let platform/ hand in what needs Node.`,
      }
    : {
        regex: '^[^.]',
        message: `src/${folder} is written here and runs in browsers too: it imports no packages.`,
      };
  const patterns = [
    ...(forbidden.length > 0 ? [directions] : []),
    ...(atHome.includes(folder) ? [] : [host]),
    ...(exception
      ? [{ regex: `/${exception.folder}/(?!${exception.files}$)`, message: exception.message }]
      : []),
  ];
  return {
    ...(patterns.length > 0 && { 'no-restricted-imports': ['error', { patterns }] }),
    ...(!atHome.includes(folder) && {
      'no-restricted-globals': ['error', ...hostGlobals],
      'no-restricted-syntax': [
        'error',
        {
          // What is loaded only when it is needed stands in the same folder, where its own imports are checked.
          selector: 'ImportExpression:not([source.value=/^\\.\\u002F[\\w-]+\\.ts$/])',
          message:
            'Import at the top, where the direction of imports is checked, or from the same folder if it is to be loaded late.',
        },
        {
          selector: 'TSImportType',
          message: 'Use `import type` at the top, where the direction is checked.',
        },
      ],
    }),
  };
}

const directions = folders.map((folder) => ({
  files: [`src/${folder}/**/*.ts`],
  ignores: ['src/**/*.test.ts'],
  rules: rulesOf(folder),
}));

/** The two platforms know nothing of each other, and a browser's nothing of Node. */
const apart = ['node', 'web'].map((here) => {
  const there = here === 'node' ? 'web' : 'node';
  const other = {
    group: [`**/platform/${there}/**`, `../${there}/**`],
    message: `src/platform/${here} runs without ${there}.`,
  };
  const node = { regex: nodeModules, message: 'src/platform/web runs in browsers.' };
  const own = rulesOf('platform')['no-restricted-imports'][1].patterns;
  const patterns = [...own, other, ...(here === 'web' ? [node] : [])];
  return {
    files: [`src/platform/${here}/**/*.ts`],
    ignores: ['src/**/*.test.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns }] },
  };
});
/**
 * What an operation is tested and timed with are the shapes of real networks, so lists of cases may read a network's
 * table of its geometry: files of numbers alone, which in turn know nothing of the engine.
 */
const tables = [
  {
    files: ['src/kernels/**/cases.ts'],
    rules: rulesOf('kernels', {
      folder: 'networks',
      files: '\\w+/(geometry|activations)\\.ts',
      message: "Cases may read a network's geometry.ts and activations.ts, and nothing else of it.",
    }),
  },
  {
    files: ['src/networks/*/geometry.ts', 'src/networks/*/activations.ts'],
    rules: {
      ...rulesOf('networks'),
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '^(?!\\./geometry\\.ts$|\\.\\./\\.\\./kernels/output-length\\.ts$)',
              message: "A network's table is numbers alone: kernels' cases read it too.",
            },
          ],
        },
      ],
    },
  },
];

/** The folders src/cli and bench are for terminals and know nothing of the pages, nor the pages of them. */
const pages = {
  files: ['web/src/**/*.{ts,tsx}'],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            regex: '^(\\.\\./){3,}(src/cli|bench)/',
            message: 'src/cli and bench are for terminals: src/bench and src/run have what a page may use.',
          },
        ],
      },
    ],
  },
};

export default tseslint.config(
  {
    ignores: [
      'node_modules/',
      'dist/',
      'runs/',
      'coverage/',
      'bench/peers/node_modules/',
      'test/onnx/node_modules/',
    ],
  },
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
  ...apart,
  ...tables,
  pages,
);
