import { describe, expect, it } from 'vitest';
import { classReport, confusionMatrix, mostConfused } from './confusion.ts';

describe('confusion', () => {
  // scikit-learn's own example of classification_report: y_true, y_pred = [0, 1, 2, 2, 2], [0, 0, 2, 2, 1].
  const example = confusionMatrix([0, 1, 2, 2, 2], [0, 0, 2, 2, 1], ['class 0', 'class 1', 'class 2']);

  it('counts the actual class down and the predicted across', () => {
    expect([...example.counts]).toEqual([1, 0, 0, 1, 0, 0, 0, 1, 2]);
    expect(example.total).toBe(5);
  });

  it("gives the numbers of scikit-learn's example", () => {
    const { perClass, accuracy, macro, weighted } = classReport(example);
    expect(perClass).toEqual([
      { name: 'class 0', precision: 0.5, recall: 1, f1: 2 / 3, support: 1 },
      { name: 'class 1', precision: 0, recall: 0, f1: 0, support: 1 },
      { name: 'class 2', precision: 1, recall: 2 / 3, f1: 0.8, support: 3 },
    ]);
    expect(accuracy).toBe(0.6);
    expect(macro).toEqual({
      precision: 0.5,
      recall: expect.closeTo(5 / 9, 12),
      f1: expect.closeTo(22 / 45, 12),
      support: 5,
    });
    expect(weighted).toEqual({
      precision: expect.closeTo(0.7, 12),
      recall: expect.closeTo(0.6, 12),
      f1: expect.closeTo(46 / 75, 12),
      support: 5,
    });
  });

  it('gives 0, not NaN, for a class that has no image and is never predicted', () => {
    const { perClass } = classReport(confusionMatrix([0], [0], ['a', 'b']));
    expect(perClass[1]).toEqual({ name: 'b', precision: 0, recall: 0, f1: 0, support: 0 });
    expect(classReport(confusionMatrix([], [], ['a', 'b'])).accuracy).toBe(0);
  });

  it('finds the pairs that are mixed up most', () => {
    const confusion = confusionMatrix([0, 0, 0, 1, 1, 2, 2], [1, 1, 0, 0, 1, 0, 2], ['a', 'b', 'c']);
    expect(mostConfused(confusion, 2)).toEqual([
      { actual: 0, predicted: 1, count: 2, share: 2 / 3 },
      { actual: 1, predicted: 0, count: 1, share: 1 / 2 },
    ]);
  });

  it.each([
    [[0, 2], [0, 1], 'The label of image 1 is 2; with 2 classes it must be 0 … 1.'],
    [[0, 1], [0, NaN], 'The prediction of image 1 is NaN'],
    [[0], [0, 1], 'There are 1 labels and 2 predictions'],
  ])('refuses %j and %j', (actual, predicted, message) => {
    expect(() => confusionMatrix(actual, predicted, ['a', 'b'])).toThrow(message);
  });
});
