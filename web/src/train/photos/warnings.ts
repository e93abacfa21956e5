/** What somebody should know of their photos before they train, in words, with numbers. */
import { count, plural } from '../../../../src/format.ts';
import type { PhotoSet } from '../../engine/photos/photo-set.ts';

/** From here on a class is neither too small to be learned nor to be judged. */
const ENOUGH = 20;
/** From here on the larger class is favoured noticeably. */
const UNEVEN = 4;

/** Sentences about the photos, the gravest first; empty where all is well. */
export function photoWarnings({ classes, division, contradictions }: PhotoSet): string[] {
  const filled = classes.filter((one) => one.count > 0);
  const warnings: string[] = [];
  if (contradictions > 0)
    warnings.push(
      contradictions === 1
        ? 'One photo is in two classes with the same bytes. It cannot be both: remove it from one of them.'
        : `${count(contradictions)} photos are in two classes with the same bytes. They cannot be both: remove each from one of them.`,
    );
  if (division === 'incomplete') {
    const lacking = filled.filter((one) => one.valid === 0 || one.valid === one.count);
    warnings.push(
      `Some photos are set aside for validation, but ${named(lacking.map(lackingText))}. Until every class has both, all photos are trained on, and graft sets some aside by itself.`,
    );
  }
  const few = filled.filter((one) => one.count < ENOUGH);
  if (few.length > 0)
    warnings.push(
      `${named(few.map((one) => `“${one.name}” has ${plural(one.count, 'photo')}`))}. ${ENOUGH} a class are a beginning, 100 are better.`,
    );
  const [largest, smallest] = [Math.max, Math.min].map((pick) => {
    const wanted = pick(...filled.map((one) => one.count));
    return filled.find((one) => one.count === wanted);
  });
  if (largest && smallest && largest.count >= UNEVEN * smallest.count)
    warnings.push(
      `“${largest.name}” has ${count(largest.count)} photos and “${smallest.name}” ${count(smallest.count)}: ` +
        `the network will lean towards “${largest.name}”. Add photos to the smaller class, or take some from the larger one.`,
    );
  return warnings;
}

const lackingText = ({ name, valid }: PhotoSet['classes'][number]): string =>
  valid === 0 ? `“${name}” has none of these` : `“${name}” has only these`;

const MOST_NAMED = 4;

/** "a, b and c", at most four of them. */
function named(texts: readonly string[]): string {
  if (texts.length > MOST_NAMED)
    return `${texts.slice(0, MOST_NAMED - 1).join(', ')} and ${count(texts.length - MOST_NAMED + 1)} more classes likewise`;
  return texts.length < 2 ? texts.join('') : `${texts.slice(0, -1).join(', ')} and ${texts.at(-1) ?? ''}`;
}
