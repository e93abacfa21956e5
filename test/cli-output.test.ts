/** Commands whose output cannot be written: Linux has a device that is always full. They end soon, and say so on stderr. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { graft } from './support/cli.ts';
import { TrainShop } from './support/train-shop.ts';

const FULL = '/dev/full';
const there = existsSync(FULL);
if (!there) console.log(`skipped: output to a full device, because this system has no ${FULL}`);

const PROBLEM =
  'error: Standard output cannot be written: no space left on device.\n' +
  'Make room where it is written, or send it elsewhere.\n';
/** Starting a command takes a second or two; the rest of the allowance is for a busy machine. It used to be forever. */
const SOON = 60_000;

describe.skipIf(!there)('output to a full device', () => {
  let shop: TrainShop;
  beforeAll(async () => {
    shop = await TrainShop.open();
    shop.nextRun();
  });
  afterAll(() => shop.close());
  const run = (...args: readonly string[]) => graft(args, { cwd: shop.home, to: FULL });

  it(
    'stops a run before it trains, where nothing can be told from the beginning',
    { timeout: SOON },
    async () => {
      const { code, err } = await run(...shop.argsFor());
      expect(err).toContain(PROBLEM);
      expect(err).toContain('Stopped before training; there is nothing to keep.');
      expect(code).toBe(1);
      expect(await readdir(join(shop.home, 'runs'))).toEqual([]);
    },
  );

  it('leaves a run that it was to go on with as it was, and says how to', { timeout: SOON }, async () => {
    let sent = false;
    const begun = await shop.run(shop.argsFor('--epochs', '200'), (out, kill) => {
      if (sent || !out.includes('epoch')) return;
      sent = true; // a second one would quit at once
      kill('SIGTERM');
    });
    expect(begun.code).toBe(130);
    const { code, err } = await run('train', '--resume', `runs/${shop.name}`);
    expect(err).toContain(`${PROBLEM}Stopping after this step; further messages appear here.\n`);
    expect(err).toContain(`graft train --resume runs/${shop.name}`);
    expect(code).toBe(1);
    expect(await readdir(shop.inRun())).toContain('last.safetensors');
  });

  it.each(['doctor', 'weights list', 'kernel relu'])('ends %s', { timeout: SOON }, async (command) => {
    const { code, err } = await run(...command.split(' '));
    expect({ code, err }).toEqual({ code: 1, err: PROBLEM });
  });
});
