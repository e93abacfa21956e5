/**
 * What the tests of `graft train` share: a folder with photos and weights, and a run of a
 * name of its own for each test.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { readSafetensors, type StateDict } from '../../src/weights/index.ts';
import { graft, Workshop, type Run, type RunOptions } from './cli.ts';

/** Options of a run that takes seconds. */
export const SMALL = ['--size', '32', '--batch-size', '4', '--epochs', '1'] as const;

export class TrainShop extends Workshop {
  /** The name of the test's run. */
  name = '';
  /** A folder of red and blue photos. */
  data = '';
  /** A file of ResNet-18's weights, and what is in it. */
  pretrained = '';
  state: StateDict = new Map();
  private runs = 0;

  static override async open(): Promise<TrainShop> {
    const shop = new TrainShop(await Workshop.makeHome());
    const { path, state } = await shop.weights();
    shop.pretrained = path;
    shop.state = state;
    shop.data = await shop.photos('photos', { red: 6, blue: 6 });
    return shop;
  }

  nextRun(): void {
    this.name = `run-${++this.runs}`;
  }

  /** Runs `graft ARGS` in the shop. */
  run(args: readonly string[], onOut?: RunOptions['onOut']): Promise<Run> {
    return graft(args, { cwd: this.home, ...(onOut && { onOut }) });
  }

  /** The words of a small run on the shop's photos; later options go before these. */
  argsFor(...args: readonly string[]): string[] {
    const { data, pretrained, name } = this;
    return ['train', '--data', data, '--weights', pretrained, '--name', name, ...SMALL, ...args];
  }

  train(...args: readonly string[]): Promise<Run> {
    return this.run(this.argsFor(...args));
  }

  resume(...args: readonly string[]): Promise<Run> {
    return this.run(['train', '--resume', `runs/${this.name}`, ...args]);
  }

  /** A path in the folder of the test's run. */
  inRun(...parts: readonly string[]): string {
    return join(this.home, 'runs', this.name, ...parts);
  }
}

/** The tensors of a safetensors file. */
export const tensorsOf = async (path: string): Promise<StateDict> =>
  readSafetensors(await readFile(path), path).tensors;

/** Asserts that two runs ended in the same bits. */
export async function expectSameModels(run: string, other: string): Promise<void> {
  for (const file of ['best.safetensors', 'last.safetensors']) {
    const [expected, found] = [await tensorsOf(join(run, file)), await tensorsOf(join(other, file))];
    expect([...found.keys()]).toEqual([...expected.keys()]);
    for (const [key, { data }] of expected)
      expect(Buffer.compare(bytesOf(data), bytesOf(found.get(key)!.data)), key).toBe(0); // same keys
  }
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array) =>
  Buffer.from(buffer, byteOffset, byteLength);
