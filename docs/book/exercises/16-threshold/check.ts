/** Exercise 16: a test is judged by what it lets pass, so it is run on a right accuracy and on wrong ones. */
import { probabilities } from '../../../../src/train/index.ts';
import { createRandom } from '../../../../src/random.ts';
import { Mistake, type Exercise } from '../exercise.ts';

type Accuracy = (logits: readonly number[], labels: readonly number[]) => number;
interface Yours {
  readonly accuracy: Accuracy;
  test(of: Accuracy): void;
}

/** The share of logits that `says` the label of. */
const shareOf =
  (says: (logit: number) => boolean): Accuracy =>
  (logits, labels) =>
    logits.filter((logit, i) => says(logit) === (labels[i] === 1)).length / logits.length;

/** By the probabilities that graft gives. */
const right = shareOf((logit) => {
  const [cat = NaN, dog = NaN] = probabilities([logit], 'bce');
  return dog > cat;
});

function failure(test: Yours['test'], of: Accuracy): string | undefined {
  try {
    test(of);
    return undefined;
  } catch (error) {
    return String(error);
  }
}

const catches =
  (wrong: Accuracy, what: string) =>
  ({ test }: Yours): void => {
    if (failure(test, wrong) === undefined)
      throw new Mistake(`Your test lets an accuracy pass that ${what}.`);
  };

const exercise: Exercise<Yours> = {
  task: 'Exercise 16: write the test that would have found the bug, then mend it.',
  steps: [
    {
      holds: 'your test lets a right accuracy pass',
      hint: 'A photo is told as a dog where its probability is over a half, which is where its logit is over 0.',
      check({ test }) {
        const said = failure(test, right);
        if (said !== undefined) throw new Mistake(`Your test fails for an accuracy that is right: ${said}`);
      },
    },
    {
      holds: "your test catches the program's",
      hint: 'With which logits do the two come to different answers? Ask for those.',
      check: catches(
        shareOf((logit) => logit > 0.5),
        'compares the logit with 0.5',
      ),
    },
    {
      holds: 'and the same mistake on the other side',
      hint: 'A cat whose logit is −0.3 should count as told right.',
      check: catches(
        shareOf((logit) => logit > -0.5),
        'compares the logit with −0.5',
      ),
    },
    {
      holds: 'and one that finds everything right',
      hint: 'Let some of your photos be told wrong: the accuracy should say so.',
      check: catches(() => 1, 'is always 1'),
    },
    {
      holds: 'your accuracy passes your test',
      hint: 'Now mend accuracy: at which logit is the probability a half?',
      check({ accuracy, test }) {
        const said = failure(test, accuracy);
        if (said !== undefined) throw new Mistake(`Your accuracy fails your test: ${said}`);
      },
    },
    {
      holds: 'and is right for 500 drawn logits',
      hint: 'Only the border was wrong: a photo is right if its side of the border is that of its label.',
      check({ accuracy }) {
        const random = createRandom(16);
        const logits = Array.from({ length: 500 }, () => 4 * random.uniform() - 2);
        const labels = logits.map(() => random.below(2));
        const [found, expected] = [accuracy(logits, labels), right(logits, labels)];
        if (found !== expected)
          throw new Mistake(`Of 500 photos ${found} are right for you, and should be ${expected}.`);
      },
    },
  ],
};
export default exercise;
