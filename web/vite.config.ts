// The site: static files for any server, under any path. Workers are files of their own, nothing is inline, and nothing is asked
// of another origin but networks where they are fetched, so that the policy of a page can be strict.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { drawings } from './drawings.ts';
import { learn } from './learn.ts';
import { contentPolicy } from './policy.ts';
import { catalogue } from '../src/weights/catalogue.ts';
import { explorePages } from './src/explore/shared/pages.ts';

const root = fileURLToPath(new URL('.', import.meta.url));
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/** The site's pages by name. */
const pages: readonly (readonly [string, string])[] = [
  ['train', `${root}index.html`],
  ...explorePages.map(({ name }) => [name, `${root}explore/${name}/index.html`] as const),
];

/** A folder with the catalogue's networks, for a site that has them elsewhere than at their authors' addresses. */
const mirror = process.env['GRAFT_WEIGHTS_URL'] ?? '';
/** The servers that networks may be fetched from, which the policy names one by one. */
const servers = new Set(
  (mirror === '' ? catalogue.map(({ url }) => url) : [mirror]).map((url) => new URL(url).origin),
);

export default defineConfig({
  root,
  base: './',
  define: { __VERSION__: JSON.stringify(version), __WEIGHTS_URL__: JSON.stringify(mirror) },
  plugins: [
    drawings(),
    learn(),
    {
      name: 'policy',
      transformIndexHtml: {
        order: 'pre',
        handler: (_, { path, server }) => [
          {
            tag: 'meta',
            attrs: {
              'http-equiv': 'Content-Security-Policy',
              // The development server hands out styles as scripts.
              content: contentPolicy(path.startsWith('/explore/') ? [] : [...servers], {
                writesStyles: server !== undefined,
              }),
            },
            injectTo: 'head-prepend',
          },
        ],
      },
    },
  ],
  worker: {
    format: 'es',
    // Modules that only define things: one that nobody uses is left out, together with the packages that it would bring along.
    rolldownOptions: {
      treeshake: { moduleSideEffects: [{ test: /\/src\/(?!.*worker\.ts$)/, sideEffects: false }] },
      output: {
        // What several late parts share is one file, not one for each set of them: it compresses better, and is one request.
        codeSplitting: {
          includeDependenciesRecursively: false,
          groups: [
            // What looks into a trained network: no first step needs it.
            { name: 'explain', test: /\/src\/train\/explain\//, minShareCount: 2, priority: 1 },
            // Operations that no ResNet has: those who look at kernels share them.
            {
              name: 'operations',
              test: /\/src\/kernels\/(elementwise\/activat|broadcast|sum\/|softmax|layer-norm|dropout|grouped-conv2d|window-pool)/,
              minShareCount: 2,
              priority: 1,
            },
            // Small files that serve all folders.
            { name: 'format', test: /\/src\/(format|names|random|bytes|median)\.ts$/, minShareCount: 2 },
            { name: 'plan', test: /\/src\/gpu\/memory\/(demand|plan|placement)\.ts$/, minShareCount: 2 },
            { name: 'engine', test: /\/src\/(kernels|autograd|nn|networks|optim|train)\//, minShareCount: 2 },
          ],
        },
      },
    },
  },
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: Object.fromEntries(pages) },
  },
  server: { fs: { allow: ['..'] } },
});
