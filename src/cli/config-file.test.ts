import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { afterAll, describe, expect, it } from 'vitest';
import { applyConfigFile } from './config-file.ts';
import { settingTable } from '../train/index.ts';
import { NONE, positiveNumber, wholeNumber } from './options.ts';
import { settingOption } from './train/options.ts';

const dir = mkdtempSync(join(tmpdir(), 'graft-config-'));
afterAll(() => rmSync(dir, { recursive: true }));

/** The options that a command gets from `args` and a config file with `content`; throws what it would print. */
async function parse(content: unknown, ...args: string[]): Promise<Record<string, unknown>> {
  const path = join(dir, 'config.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  let said = '';
  const command = new Command()
    .exitOverride(() => {
      throw new Error(said);
    })
    .configureOutput({ writeErr: (text) => (said += text) })
    .option('--config <file>')
    .requiredOption('--data <dir>')
    .option('--tune <parts>')
    .option('--batch-size <n>', '', wholeNumber(1), 64)
    .addOption(settingOption('patience', settingTable.patience))
    .option('--lr <rate>', '', positiveNumber)
    .option('--gradual')
    .addOption(new Option('--loss <name>').choices(['cross-entropy', 'bce']));
  const words = [...args, '--config', path];
  await applyConfigFile(command, words);
  command.parse(words, { from: 'user' });
  const { config, ...options } = command.opts<Record<string, unknown>>();
  expect(config).toBe(path);
  return options;
}

describe('a config file', () => {
  it('sets what the command line leaves open, in either spelling', async () => {
    expect(await parse({ data: 'a', 'batch-size': 8, tune: ['layer4', 'fc'], gradual: true })).toEqual({
      ...{ data: 'a', batchSize: 8, tune: 'layer4,fc', gradual: true },
    });
    expect(await parse({ data: 'a', batchSize: 8 }, '--batch-size', '4', '--data', 'b')).toEqual({
      ...{ data: 'b', batchSize: 4 },
    });
    expect(await parse({ data: 'a' })).toEqual({ data: 'a', batchSize: 64 });
  });

  it('takes null for none where an option has that, and for open elsewhere', async () => {
    expect(await parse({ data: 'a', patience: null, lr: null, gradual: null })).toEqual({
      ...{ data: 'a', batchSize: 64, patience: NONE },
    });
    expect(await parse({ data: 'a', gradual: false })).toEqual({ data: 'a', batchSize: 64 });
  });

  it.each([
    [{ bachSize: 8 }, 'there is no option "bachSize". Did you mean "batchSize"?'],
    [{ batch_size: 8 }, 'there is no option "batch_size". Did you mean "batchSize"?'],
    [
      { zzzzzz: 8 },
      'there is no option "zzzzzz". There are: data, tune, batchSize, patience, lr, gradual, loss.',
    ],
    [{ config: 'other.json' }, 'there is no option "config".'],
    [{ batchSize: 1, 'batch-size': 2 }, '"batchSize" and "batch-size" are the same option.'],
    [{ batchSize: 0.5 }, '"batchSize" is 0.5. It must be a whole number of at least 1.'],
    [{ lr: {} }, '"lr" is {}. It must be a text or a number.'],
    [{ gradual: 'yes' }, '"gradual" is "yes". It must be true or false.'],
    [{ loss: 'hinge' }, '"loss" is "hinge". Allowed choices are cross-entropy, bce.'],
    [[1], 'it must hold an object with options by name'],
    ['{"data": ', 'this is not JSON: '],
    [{}, "required option '--data <dir>' not specified"],
  ])('refuses %j', async (content, message) => {
    await expect(parse(content)).rejects.toThrow(message);
  });

  it('says where the file is missing', async () => {
    const command = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
    const words = ['--config', join(dir, 'none.json')];
    await expect(applyConfigFile(command, words)).rejects.toThrow(/cannot be read: ENOENT/);
  });
});
