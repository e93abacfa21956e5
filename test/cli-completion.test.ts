// The scripts of `graft completion`, in the shells that they are for.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { optimizerNames } from '../src/optim/index.ts';
import { settingNames } from '../src/train/index.ts';
import { flagOf } from '../src/cli/train/options.ts';
import { graft, Workshop } from './support/cli.ts';

/** Names that a shell would take for more than a name. */
const RUNS = ['cats', 'two words', '$(touch touched)', '`touch touched`'];
const shells = ['bash', 'zsh', 'fish'] as const;

let shop: Workshop;
beforeAll(async () => {
  shop = await Workshop.open();
  for (const run of RUNS) await mkdir(join(shop.home, 'runs', run), { recursive: true });
  for (const shell of shells) {
    const { code, out, err } = await graft(['completion', shell]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    await shop.save(shell, out);
  }
});
afterAll(() => shop.close());

const isThere = (shell: string): boolean => {
  const there = !spawnSync(shell, ['--version']).error;
  if (!there) console.log(`skipped: completion in ${shell}, because it is not installed`);
  return there;
};
/** What a shell prints, without its user's own settings. */
function printed(shell: string, args: readonly string[]): string {
  const { stdout, stderr, status } = spawnSync(shell, args, { cwd: shop.home, encoding: 'utf8' });
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  return stdout;
}
const linesOf = (text: string) => text.split('\n').filter((line) => line !== '');

/** Lines as they stand when Tab is pressed, and what is offered; a shell may offer more. */
const offers: readonly (readonly [words: readonly string[], offered: readonly string[]])[] = [
  [['graft', 'tr'], ['train']],
  [
    ['graft', 'weights', ''],
    ['list', 'download', 'info', 'convert'],
  ],
  [['graft', 'train', '--'], settingNames.map(flagOf)],
  [['graft', 'train', '--optimizer', ''], optimizerNames],
  [['graft', 'train', '--seed', '3', '--sched'], ['--schedule']],
  [
    ['graft', 'weights', 'convert', '--dtype', ''],
    ['f32', 'f16'],
  ],
  [
    ['graft', 'weights', 'download', 'wide'],
    ['wide_resnet50_2', 'wide_resnet101_2'],
  ],
  [['graft', 'predict', '--model', 'runs/'], RUNS.map((run) => `runs/${run}`)],
  [['graft', 'compare', 'runs/c'], ['runs/cats']],
  [['graft', 'train', '--data', 'ru'], ['runs']],
];

describe.skipIf(!isThere('bash'))('in bash', () => {
  const complete = (words: readonly string[]) => {
    const program = `source <(cat bash); compopt() { :; }
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _graft; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return linesOf(printed('bash', ['--norc', '-c', program, 'bash', ...words]));
  };

  it.each(offers)('%j', (words, offered) => {
    expect(complete(words)).toEqual(expect.arrayContaining([...offered]));
    expect(existsSync(join(shop.home, 'touched'))).toBe(false);
  });

  it('knows that the word after an option is its value, also after =', () => {
    expect(complete(['graft', 'train', '--optimizer', '=', 's'])).toEqual(['sgd']);
    expect(complete(['graft', 'train', '--loss', '='])).toEqual(['cross-entropy', 'bce']);
    expect(complete(['graft', 'train', '--epochs', ''])).toEqual([]);
    expect(complete(['graft', ''])).not.toContain('runs/cats');
  });
});

describe.skipIf(!isThere('fish'))('in fish', () => {
  it.each(offers)('%j', (words, offered) => {
    const program = `source fish; complete -C ${JSON.stringify(words.join(' '))}`;
    const found = linesOf(printed('fish', ['--no-config', '-c', program])).map((line) =>
      line.split('\t')[0]?.replace(/\/$/, '').replaceAll('\\', ''),
    );
    expect(found).toEqual(expect.arrayContaining([...offered]));
    expect(existsSync(join(shop.home, 'touched'))).toBe(false);
  });
});

describe.skipIf(!isThere('zsh'))('in zsh', () => {
  it('is read, and is what completes graft', () => {
    printed('zsh', ['-f', '-n', 'zsh']);
    const program = 'autoload -U compinit; compinit -D; source ./zsh; print $_comps[graft]';
    expect(printed('zsh', ['-f', '-c', program])).toBe('_graft\n');
  });
});
