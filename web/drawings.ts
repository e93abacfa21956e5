// A set to try at once: the drawings of the terminal's default run, animal or food, as a zip archive of the site. Trained on one
// company's drawings and validated on another's, each on the white ground that the terminal gives them.
import { readFile } from 'node:fs/promises';
import { zipSync } from 'fflate';
import type { Plugin } from 'vite';
import { animalOrFood, decodeImage, encodePng, WHITE, type LabelledPath } from '../src/data/index.ts';
import { openEmojiSet } from '../src/platform/node/emoji.ts';

const NAME = 'drawings.zip';

/** Puts `drawings.zip` beside the page: photos as `train/animal/…` and `val/food/…`. */
export function drawings(): Plugin {
  let made: Promise<Uint8Array> | undefined;
  return {
    name: 'drawings',
    async generateBundle() {
      this.emitFile({ type: 'asset', fileName: NAME, source: await (made ??= pack()) });
    },
    configureServer(server) {
      server.middlewares.use(`/${NAME}`, (_, response, next) => {
        (made ??= pack()).then((zip) => response.end(zip), next);
      });
    },
  };
}

async function pack(): Promise<Uint8Array> {
  const { classes, ...parts } = animalOrFood({
    train: await openEmojiSet('google'),
    valid: await openEmojiSet('twitter'),
  });
  const files: Record<string, Uint8Array> = {};
  const add = async (part: string, drawings: readonly LabelledPath[] = []) => {
    for (const { path, label } of drawings)
      files[`${part}/${classes[label] ?? ''}/${path.split('/').at(-1) ?? ''}`] = encodePng(
        decodeImage(await readFile(path), { background: WHITE }),
      );
  };
  await add('train', parts.train);
  await add('val', parts.valid);
  return zipSync(files, { level: 0, mtime: '2000-01-01' }); // PNGs do not shrink; the same bytes each time
}
