import { expect, it } from 'vitest';
import { confusionMatrix } from '../report/index.ts';
import { endEntries } from './texts.ts';

it.each([
  [0.5, ['trained', 'best', 'likely']],
  [0.7, ['trained', 'best', 'likely', 'warning']],
])('the end of a run whose best epoch has a loss of %d has entries %j', (loss, subjects) => {
  const answers = { actual: [0, 1, 1], predicted: [0, 1, 0], confidence: [0.9, 0.9, 0.99] };
  const { actual, predicted } = answers;
  const entries = endEntries({
    ...{ history: [], stopped: false, endedEarly: false },
    best: { epoch: 1, valid: { loss, accuracy: 2 / 3, count: 3 } },
    judged: {
      confusion: confusionMatrix(actual, predicted, ['cats', 'dogs']),
      ...{ shown: [], mistakeCount: 1, answers: { ...answers, files: ['1', '2', '3'] } },
      ...{
        temperature: 1,
        doubted: [],
        trainingAnswers: { actual: [], predicted: [], confidence: [], files: [] },
      },
    },
  });
  expect(entries.map(([subject]) => subject)).toEqual(subjects);
});
