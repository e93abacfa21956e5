import { describe, expect, it } from 'vitest';
import {
  csvHeader,
  csvRow,
  jsonlRow,
  parseHistoryCsv,
  parseHistoryJsonl,
  type HistoryEpoch,
} from './history.ts';

const epoch = (number: number, loss = 0.1 + 0.2): HistoryEpoch => ({
  epoch: number,
  train: { loss, accuracy: 2 / 3 },
  valid: { loss: 1e-9, accuracy: 1 },
  learningRate: 1e-4,
  isBest: number === 2,
  trainSeconds: 12.345678901234567,
  validSeconds: 0,
  imagesPerSecond: 61.7,
});
const csv = (epochs: HistoryEpoch[]) => csvHeader + epochs.map(csvRow).join('');

describe.each([
  ['csv', csv, parseHistoryCsv],
  ['jsonl', (epochs: HistoryEpoch[]) => epochs.map(jsonlRow).join(''), parseHistoryJsonl],
] as const)('history as %s', (_, write, parse) => {
  it('reads back to the same bits', () => {
    const epochs = [epoch(1), epoch(2), epoch(3, NaN)];
    expect(parse(write(epochs), 'h')).toEqual(epochs);
  });

  it('passes over a last line that was cut at any byte', () => {
    const whole = write([epoch(1), epoch(2)]);
    const first = write([epoch(1)]);
    for (let end = first.length; end < whole.length; end++) {
      expect(parse(whole.slice(0, end), 'h')).toEqual([epoch(1)]);
    }
  });

  it('lets the later of two rows of one epoch count', () => {
    expect(parse(write([epoch(1), epoch(2, 5), epoch(2, 4)]), 'h')).toEqual([epoch(1), epoch(2, 4)]);
  });

  it('names the file and the line of what is no row', () => {
    const text = write([epoch(1)]);
    const line = text.split('\n').length;
    expect(() => parse(`${text}1,2\n`, 'runs/x/history')).toThrow(
      `runs/x/history: line ${line} is not a row`,
    );
    expect(() => parse(`${text}{}\n`, 'h')).toThrow(`line ${line}`);
  });

  it('is empty for nothing', () => expect(parse('', 'h')).toEqual([]));
});

it('writes a plain table', () => {
  expect(csv([epoch(2, 0.5)]).split('\n')).toEqual([
    'epoch,train_loss,train_accuracy,valid_loss,valid_accuracy,learning_rate,is_best,train_seconds,valid_seconds,images_per_second',
    '2,0.5,0.6666666666666666,1e-9,1,0.0001,1,12.345678901234567,0,61.7',
    '',
  ]);
});

it('refuses a table with other columns', () => {
  expect(() => parseHistoryCsv('epoch,loss\n1,2\n', 'h.csv')).toThrow('h.csv: line 1 is not');
});
