// A run that is watched: by a program that reads lines of JSON, and by a browser that reads the report while it trains.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PageServer } from '../src/platform/node/page-server.ts';
import { graft } from './support/cli.ts';
import { TrainShop } from './support/train-shop.ts';

type Line = { readonly event: string } & Record<string, unknown>;
const linesOf = (out: string): Line[] =>
  out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);

describe('a run that is watched', () => {
  let shop: TrainShop;
  beforeAll(async () => {
    shop = await TrainShop.open();
  });
  beforeEach(() => shop.nextRun());
  afterAll(() => shop.close());

  it('tells what happens as JSON, and shows its report at a port that is free', async () => {
    const other = await PageServer.open(0, () => 'another program');
    const answers: Promise<{ readonly page: string; readonly status: number }>[] = [];
    const { code, out, err } = await shop.run(
      shop.argsFor('--json', '--epochs', '2', '--serve', String(other.port)),
      (so_far) => {
        const url = /"serving","url":"([^"]+)"/.exec(so_far)?.[1];
        if (url === undefined || answers.length > 0) return;
        answers.push(fetch(url).then(async (got) => ({ page: await got.text(), status: got.status })));
      },
    );
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const [answer] = await Promise.all(answers);
    expect(answer).toMatchObject({ status: 200, page: expect.stringContaining('EventSource') });
    expect(await (await fetch(other.url)).text()).toBe('another program');
    await other.close('');

    const lines = linesOf(out);
    const of = (event: string) => lines.filter((line) => line.event === event);
    const url = String(of('serving')[0]?.['url']);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    await expect(fetch(url)).rejects.toThrow(); // it is over
    expect(of('started')).toEqual([
      expect.objectContaining({
        ...{ version: 1, run: `runs/${shop.name}`, resumed: false, classes: ['blue', 'red'] },
        ...{ folder: shop.data, photos: { train: 10, valid: 2 }, epochs: 2, epochsDone: 0 },
        ...{ device: expect.any(String), settings: expect.objectContaining({ size: 32, epochs: 2 }) },
        ...{ reasons: expect.any(Array), configFile: null },
      }),
    ]);
    const score = { loss: expect.any(Number), accuracy: expect.any(Number) };
    expect(of('epoch').map(({ epoch, epochs }) => [epoch, epochs])).toEqual([
      [1, 2],
      [2, 2],
    ]);
    expect(of('epoch')[0]).toMatchObject({
      ...{ phase: 1, train: score, valid: score, learningRate: expect.any(Number), best: true },
      ...{ seconds: expect.any(Number), imagesPerSecond: expect.any(Number) },
    });
    const file = `runs/${shop.name}/best.safetensors`;
    expect(of('best')[0]).toEqual({ event: 'best', epoch: 1, ...score, file });
    const last = lines.at(-1);
    expect(last).toMatchObject({
      event: 'finished',
      outcome: 'finished',
      epochs: 2,
      run: `runs/${shop.name}`,
    });
    for (const path of Object.values(last?.['files'] as Record<string, string>))
      expect(existsSync(join(shop.home, path)), path).toBe(true);
  });

  it('ends with a line and 130 where it is stopped', async () => {
    let sent = false;
    const { code, out } = await shop.run(shop.argsFor('--json', '--epochs', '200'), (so_far, kill) => {
      if (sent || !so_far.includes('"epoch":1,')) return;
      sent = true; // a second one would quit at once
      kill('SIGTERM');
    });
    expect(code).toBe(130);
    expect(linesOf(out).at(-1)).toMatchObject({ event: 'finished', outcome: 'interrupted' });
  });

  it.each([
    [['train', '--json', '--data', 'nowhere'], { exitCode: 1 }],
    [['train', '--json', '--epochs', 'few'], { kind: 'usage', exitCode: 2 }],
    [['train', '--json', '--epoch', '3'], { kind: 'usage', exitCode: 2 }],
    [['evaluate', '--json', '--data', 'nowhere', '--model', 'none'], { kind: 'no-model', exitCode: 1 }],
    [['predict', '--json', '--model', 'none', 'photo.jpg'], { kind: 'no-model', exitCode: 1 }],
    [['compare', '--json', 'one', 'two'], { exitCode: 1 }],
    [['lr-find', '--json'], { kind: 'usage', exitCode: 2 }],
  ])('tells an error of %j as one object', async (words, error) => {
    const { code, out, err } = await graft(words, { cwd: shop.home });
    const lines = linesOf(out);
    expect(lines).toEqual([{ event: 'error', error: expect.objectContaining(error) }]);
    expect(code).toBe(error.exitCode);
    const { message } = lines[0]?.['error'] as { readonly message: string };
    expect(err).toContain(`error: ${message}`);
  });
});
