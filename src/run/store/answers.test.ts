import { describe, expect, it } from 'vitest';
import { sureAmong } from '../sure-among.ts';
import { parseAnswers, readAnswers, writeAnswers, type StoredAnswers } from './answers.ts';
import { RunFolder } from './folder.ts';
import { MemoryStore } from './memory.ts';

const answers: StoredAnswers = {
  epoch: 3,
  classes: ['cats', 'dogs'],
  files: ['cats/1.jpg', 'dogs/1.jpg'],
  actual: [0, 1],
  predicted: [0, 0],
  confidence: [0.9, 0.625],
};

describe('answers of a run', () => {
  it('are read as they were written, and not there before', async () => {
    const store = new MemoryStore();
    const folder = await RunFolder.create(store);
    expect(await readAnswers(folder.files)).toBeUndefined();
    await writeAnswers(folder, answers);
    expect(await readAnswers(folder.files)).toEqual(answers);
    expect(await readAnswers(folder.files, 'trainingAnswers')).toBeUndefined();
    const training = { ...answers, epoch: 4 };
    await writeAnswers(folder, training, 'trainingAnswers');
    expect(await readAnswers(folder.files, 'trainingAnswers')).toEqual(training);
    expect(await readAnswers(folder.files)).toEqual(answers);
    await folder.write('answers', '{"epoch": 3, "cl');
    expect(await readAnswers(folder.files)).toBeUndefined();
  });

  it.each([
    [0.95, { count: 0, right: 0 }],
    [0.9, { count: 1, right: 1 }],
    [0.5, { count: 2, right: 1 }],
  ])('tell how often the model was as sure as %f, and right', (probability, expected) =>
    expect(sureAmong(answers, probability)).toEqual(expected),
  );

  it.each([
    ['nothing', null],
    ['text', 'answers'],
    ['no epoch', { ...answers, epoch: undefined }],
    ['a class that is none', { ...answers, predicted: [0, 2] }],
    ['a class by name', { ...answers, actual: ['cats', 'dogs'] }],
    ['too few answers', { ...answers, predicted: [0] }],
    ['too few files', { ...answers, files: ['cats/1.jpg'] }],
    ['a file that is no name', { ...answers, files: ['cats/1.jpg', { toString: 1 }] }],
    ['a share beyond 1', { ...answers, confidence: [0.9, 1.5] }],
  ])('are refused where a file holds %s', (_, value) => expect(parseAnswers(value)).toBeUndefined());
});
