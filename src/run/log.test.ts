import { describe, expect, it } from 'vitest';
import { imageSet } from '../data/index.ts';
import { settingDefaults } from '../train/index.ts';
import type { RunEvent } from './events.ts';
import { RunLog } from './log.ts';

const labels = Int32Array.of(0, 1);
const set = imageSet({ height: 1, width: 1, labels, paths: ['a', 'b'], data: new Uint8Array(6) });
const metrics = { loss: 0.5, accuracy: 0.75, count: 4 };
const epoch = {
  ...{ epoch: 3, phase: 0, train: metrics, valid: metrics, learningRate: 0.1, isBest: true },
  ...{ trainSeconds: 1, validSeconds: 0.25, imagesPerSecond: 4 },
};

const linesOf = (...events: readonly RunEvent[]) => {
  const log = new RunLog();
  return events.flatMap((event) => log.lines(event));
};

describe("a run's log", () => {
  it('tells of photos and of what was left out, with control characters visible', () => {
    const skipped = [{ path: 'a/\u0007.png', reason: 'is truncated' }];
    const ignored = new Map(
      Object.entries({ '.txt': 1200, '': 1, '.\u0007': 1, '.webp': 2, hidden: 4, loose: 1, special: 1 }),
    );
    const data = { classes: ['cats', 'dogs'], train: set, valid: set, skipped, ignored };
    expect(linesOf({ kind: 'photos', dir: 'photos', data })).toEqual([
      'data        photos',
      '  class  train  val',
      '  cats       1    1',
      '  dogs       1    1',
      '  total      2    2',
      '  1 skipped:',
      '    a/\\u0007.png is truncated',
      '  1,210 files left out: 2 .webp (not read by the decoder here); 1 photo outside',
      '  the class folders; 1,200 .txt, 1 without an ending, 1 .\\u0007 (not photos by',
      '  their names); 4 hidden; 1 links to nowhere or devices',
    ]);
  });

  it('has a line for each epoch, aligned with those to come', () => {
    const training: RunEvent = {
      ...{ kind: 'training' as const, run: 'runs/photos', history: [], epochs: 10, train: 4, valid: 4 },
      architecture: 'resnet18',
    };
    expect(linesOf(training, { kind: 'epoch', epoch })).toEqual([
      '',
      '             train loss    right  val loss    right     time',
      'epoch  3/10      0.5000   75.0 %    0.5000   75.0 %    1.3 s  best',
    ]);
  });

  it('breaks long reasons between words, below themselves', () => {
    const lines = linesOf({
      kind: 'chosen',
      config: settingDefaults,
      reasons: ['word '.repeat(20).trim(), 'short'],
    });
    expect(lines).toEqual([
      `chosen      ${'word '.repeat(13).trim()}`,
      `            ${'word '.repeat(7).trim()}`,
      '            short',
      'settings    224 px, batches of 64, 40 epochs, adam at 0.01 (one-cycle), weight',
      '            decay 0.05, no augmentation, no label smoothing, seed 42',
    ]);
  });
});
