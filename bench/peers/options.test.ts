import type { Command } from 'commander';
import { expect, it } from 'vitest';
import { parseOptions } from './options.ts';
import { DEFAULT_WORKLOADS, parseWorkload } from './workloads.ts';

/** What is said of these words; throws instead of ending the process. */
function parse(...words: string[]) {
  return parseOptions(words, (command: Command) => {
    command.exitOverride().configureOutput({ writeErr: () => undefined });
  });
}

it('times all workloads with all peers unless told otherwise', () => {
  const { workloads, rounds, only, photos } = parse();
  expect(workloads.map(({ name }) => name)).toEqual(DEFAULT_WORKLOADS);
  expect([rounds, only, photos]).toEqual([5, undefined, undefined]);
});

it('takes workloads, peers and rounds', () => {
  const { workloads, only, rounds } = parse(
    ...['--workload', 'layer4:32x128', 'browser', '--only', 'torch', 'ort', '--rounds', '3'],
  );
  expect(workloads.map(({ task, batch, size }) => [task, batch, size])).toEqual([
    ['layer4', 32, 128],
    ['forward', 8, 64],
  ]);
  expect([only, rounds]).toEqual([['torch', 'ort'], 3]);
});

it('trains on photos alone, unless workloads are named as well', () => {
  const photos = ['--photos', 'pets', '--weights', 'resnet18.pth'];
  expect(parse(...photos)).toMatchObject({
    workloads: [],
    photos: { data: 'pets', weights: 'resnet18.pth' },
  });
  expect(parse(...photos, '--workload', 'browser').workloads).toHaveLength(1);
});

it.each([
  [['--workload', 'train:8'], '"train:8" is no workload. Give TASK:BATCHxSIZE, such as train:8x64'],
  [['--workload', 'sleep:8x64'], 'with forward, train, layer4, head and images of at least 32 pixels'],
  [['--workload', 'train:8x31'], 'is no workload'],
  [['--workload', 'train:0x64'], 'is no workload'],
  [['--only', 'caffe'], 'Allowed choices are tfjs, tfjs-nap, ort, torch, torch-cached'],
  [['--rounds', '0'], 'Give a whole number, at least 1'],
  [['--photos', 'pets'], '--photos and --weights go together'],
  [['--weights', 'resnet18.pth'], '--photos and --weights go together'],
  [['--sizes', '64'], "unknown option '--sizes'"],
])('%j is told apart', (words, message) => {
  expect(() => parse(...words)).toThrow(message);
});

it('leaves TensorFlow.js out where a call would take a minute, and training to who can train', () => {
  expect(parseWorkload('train:8x128').slow).toEqual([]);
  expect(parseWorkload('train:32x128').slow).toEqual(['tfjs', 'tfjs-nap']);
  expect(parseWorkload('head:32x128').peers).toEqual(['torch', 'torch-cached']);
  expect(parseWorkload('browser')).toMatchObject({ adapter: 'swiftshader', peers: ['ort'] });
});
