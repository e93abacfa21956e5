/** Exercise 1: the reader's choices are those of `chooseStrategy`, which gives its reasons. */
import { chooseStrategy } from '../../../../src/train/index.ts';
import { Mistake, type Exercise } from '../exercise.ts';
import { dataSets, type Choices } from './data-sets.ts';

interface Yours {
  readonly choices: Choices;
}

function check(name: keyof typeof dataSets, { choices }: Yours): void {
  const { config, reasons } = chooseStrategy({}, dataSets[name]);
  const { tune, weighClasses } = choices[name];
  const because = (start: string) =>
    reasons.find((reason) => reason.startsWith(start)) ?? 'nothing asks for it';
  if (tune !== config.tune)
    throw new Mistake(`${name}: you train "${tune}", graft "${config.tune}". It says: ${because('tune')}.`);
  const weighs = config.classWeights === 'balanced';
  if (weighClasses !== weighs)
    throw new Mistake(
      `${name}: you ${weighClasses ? 'weigh' : 'do not weigh'} its classes, graft ${weighs ? 'does' : 'does not'}. It says: ${because('class weights')}.`,
    );
}

const exercise: Exercise<Yours> = {
  task: 'Exercise 1: choose how much of a network to train, for four sets of photos.',
  steps: [
    {
      holds: 'bread',
      hint: '240 photos against 11 million numbers. Which part has few enough numbers to learn from them?',
      check: (yours) => check('bread', yours),
    },
    {
      holds: 'leaves',
      hint: 'Thousands of photos can adapt the stage that knows the most about kinds of things, but not those before it.',
      check: (yours) => check('leaves', yours),
    },
    {
      holds: 'waste',
      hint: 'A network that never says "battery" is right 24 times in 25. What would make the 25th count?',
      check: (yours) => check('waste', yours),
    },
    {
      holds: 'land',
      hint: 'Tens of thousands of photos, and seen from above: neither many nor alike. The photos can teach every stage.',
      check: (yours) => check('land', yours),
    },
  ],
};
export default exercise;
