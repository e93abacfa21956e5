// npm run build: what npm carries of graft, made from the sources into dist/ and drawings/. The library is a module a file, with types; the
// command line is a bundle, as it starts in a quarter of the time; and for pages without a bundler there are files that need no others.
import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as esbuild from 'esbuild';
import { bundle } from '../bin/bundle.mjs';
import { animalOrFood, type EmojiSet, type LabelledPath } from '../src/data/index.ts';
import { openEmojiSet } from '../src/platform/node/emoji.ts';
import { exitCleanly } from '../src/platform/node/index.ts';
import { packageFile } from '../src/platform/node/package.ts';

const run = promisify(execFile);
const dist = packageFile('dist');
/** What programs import: graft, graft/node, … */
const ENTRIES = ['graft', 'node', 'web', 'kernels'] as const;

async function buildLibrary(): Promise<void> {
  const tsc = join(dirname(fileURLToPath(import.meta.resolve('typescript'))), 'tsc.js');
  await run(process.execPath, [tsc, '-p', packageFile('packaging/tsconfig.json')]).catch(
    (error: { stdout?: string }) => {
      throw new Error(`The library does not compile:\n${error.stdout ?? ''}`);
    },
  );
  const lib = join(dist, 'lib');
  const files = await readdir(lib, { recursive: true });
  // The compiler rewrites what modules import, and not what declarations do.
  for (const file of files.filter((name) => name.endsWith('.d.ts'))) {
    const text = await readFile(join(lib, file), 'utf8');
    await writeFile(join(lib, file), text.replaceAll(/(?<=from '\.[^']*)\.ts(?=';)/g, '.js'));
  }
  // WebGPU's types come with TypeScript from 6.0 on, and for earlier ones with a package that later ones contradict.
  await mkdir(join(dist, 'types'), { recursive: true });
  for (const entry of ENTRIES)
    await writeFile(
      join(dist, 'types', `${entry}.d.ts`),
      `/// <reference types="@webgpu/types" />\nexport * from '../lib/api/${entry}.js';\n`,
    );
}

const buildProgram = (): Promise<unknown> => bundle('src/cli/graft.ts', join(dist, 'cli'));

/** For `<script type="module">` with an import map: all that a page needs, npm's packages included. */
const buildForPages = (): Promise<unknown> =>
  esbuild.build({
    ...{ bundle: true, splitting: true, minify: true, format: 'esm', target: 'es2022', sourcemap: true },
    entryPoints: ENTRIES.filter((entry) => entry !== 'node').map((entry) =>
      packageFile(`src/api/${entry}.ts`),
    ),
    outdir: join(dist, 'browser'),
    logLevel: 'warning',
  });

/** The pictures of the default run, a few of those that their packages hold, in folders of the same names: a run on either goes on with the other. */
async function packDrawings(): Promise<void> {
  const home = packageFile('drawings');
  await rm(home, { recursive: true, force: true });
  const [train, valid] = [await openEmojiSet('google'), await openEmojiSet('twitter')];
  const folder = animalOrFood({ train, valid });
  await Promise.all([pack(home, train, folder.train), pack(home, valid, folder.valid ?? [])]);
  await cp(packageFile('packaging/drawings.md'), join(home, 'README.md'));
}

async function pack(
  home: string,
  { name, dir, images }: EmojiSet,
  used: readonly LabelledPath[],
): Promise<void> {
  const packed = `emoji-datasource-${name}`;
  const names = new Set(used.map(({ path }) => basename(path)));
  const pictures = join(home, packed, 'img', name, '64');
  await mkdir(pictures, { recursive: true });
  for (const file of names) await cp(join(dir, file), join(pictures, file));
  const table = images
    .filter(({ file }) => names.has(file))
    .map(({ file, ...kind }) => ({ image: file, ...kind, [`has_img_${name}`]: true }));
  await writeFile(join(home, packed, 'emoji.json'), JSON.stringify(table));
  await cp(join(dir, '../../../LICENSE'), join(home, packed, 'LICENSE'));
}

await Promise.all(
  ['lib', 'types', 'cli', 'browser'].map((part) => rm(join(dist, part), { recursive: true, force: true })),
);
await Promise.all([buildLibrary(), buildProgram(), buildForPages(), packDrawings()]);
await exitCleanly(0);
