// Finds the emoji pictures of the default run: those few that npm's package brings along, or in a checkout all of them, in npm packages.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { messageOf } from '../../format.ts';
import { DataError, emojiImages, type EmojiSet } from '../../data/index.ts';
import { packageFile } from './package.ts';

/** The companies whose drawings are known: the same characters, each in its own style. */
export type EmojiSetName = 'google' | 'twitter';

/**
 * Reads the table of emoji-datasource-`name`, which graft has packed (packaging/build.ts), or npm's package of that name as it resolves
 * from the module `from`.
 * @throws DataError if the package is not installed or its table does not have the known form.
 */
export async function openEmojiSet(name: EmojiSetName, from: string = import.meta.url): Promise<EmojiSet> {
  const table = `emoji-datasource-${name}/emoji.json`;
  let path: string;
  let text: string;
  try {
    const packed = packageFile(`drawings/${table}`);
    path = existsSync(packed) ? packed : createRequire(from).resolve(table);
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new DataError(
      `The pictures of the default run are missing: npm's emoji-datasource-${name} is not installed. ` +
        'Run `npm ci`, or give your own photos with --data.',
      { cause: error },
    );
  }
  return { name, dir: join(dirname(path), 'img', name, '64'), images: readTable(text, name, path) };
}

function readTable(text: string, name: EmojiSetName, path: string): EmojiSet['images'] {
  try {
    return emojiImages(parseJson(text), name, path);
  } catch (error) {
    throw new DataError(`${messageOf(error)} Run \`npm ci\` again.`, { cause: error });
  }
}

/** Undefined if `text` is not JSON, which `emojiImages` refuses. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
