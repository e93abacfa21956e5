// The site: static files for any server, under any path. Workers are files of their own, nothing is inline, and nothing is asked
// of another origin, so that the policy in index.html can be strict.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const root = fileURLToPath(new URL('.', import.meta.url));
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

export default defineConfig({
  root,
  base: './',
  define: { __VERSION__: JSON.stringify(version) },
  worker: {
    format: 'es',
    // Modules that only define things: one that nobody uses is left out, together with the packages that it would bring along.
    rolldownOptions: {
      treeshake: { moduleSideEffects: [{ test: /\/src\/(?!.*worker\.ts$)/, sideEffects: false }] },
    },
  },
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { fs: { allow: ['..'] } },
});
