/** Exercise 10: no two boxes share a byte at one time, and together they take no more than where graft's planner puts them. */
import { peakBytes, placeSpans } from '../../../../src/gpu/memory/placement.ts';
import { Mistake, type Exercise } from '../exercise.ts';
import { boxes, names, type Name } from './boxes.ts';

interface Yours {
  readonly places: Readonly<Record<Name, number>>;
}

const spans = names.map((name) => boxes[name]);
/** What the planner takes where nothing has to be kept apart. */
const planned = placeSpans(
  spans,
  spans.map(() => new Set<number>()),
  Infinity,
).sizes.reduce((sum, bytes) => sum + bytes, 0);
/** The commands whose boxes are the most at one time. */
const fullest = Array.from({ length: 8 }, (_, time) => time).filter(
  (time) => peakBytes(spans.filter(({ first, last }) => first <= time && time <= last)) === peakBytes(spans),
);

function checkPlaces({ places }: Yours): void {
  for (const name of names)
    if (!Number.isInteger(places[name]) || places[name] < 0)
      throw new Mistake(`${name} begins at ${places[name]}: that should be a whole number from 0.`);
  for (const [i, one] of names.entries())
    for (const other of names.slice(i + 1)) {
      const time = Math.max(boxes[one].first, boxes[other].first);
      if (time > Math.min(boxes[one].last, boxes[other].last)) continue;
      const byte = Math.max(places[one], places[other]);
      const end = Math.min(places[one] + boxes[one].bytes, places[other] + boxes[other].bytes);
      if (byte < end) throw new Mistake(`At command ${time} both ${one} and ${other} hold byte ${byte}.`);
    }
}

const exercise: Exercise<Yours> = {
  task: 'Exercise 10: pack five boxes.',
  steps: [
    {
      holds: 'no byte belongs to two boxes at one time',
      hint: 'Two boxes may share bytes only if one has ended before the other begins. a and c may, b and c may not.',
      check: checkPlaces,
    },
    {
      holds: `they take ${planned} bytes, as the planner does`,
      hint: `d and e are ${boxes.d.bytes + boxes.e.bytes} bytes together at command ${fullest.join(', ')}, so nothing may be lost there: one of them begins at 0, and the other where it ends. b is the box that lives longest. Try it at the bottom.`,
      check({ places }) {
        const bytes = Math.max(...names.map((name) => places[name] + boxes[name].bytes));
        if (bytes > planned) throw new Mistake(`They take ${bytes} bytes, and the planner's ${planned}.`);
      },
    },
  ],
};
export default exercise;
