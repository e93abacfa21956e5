/** What the model says to a picture, and how far it is to be believed. */
import { plural } from '../../../../src/format.ts';
import { sureAmong } from '../../../../src/run/sure-among.ts';
import type { ModelAnswer } from '../../engine/calls/models.ts';
import { answers as judged } from '../state/results.ts';
import { Bars } from './bars.tsx';

export function Said({ ranked, unlike }: ModelAnswer) {
  return (
    <>
      {unlike !== undefined && <p class="unlike">This is {unlike}.</p>}
      <Bars ranked={ranked} />
      {ranked[0] && <Worth probability={ranked[0].probability} />}
    </>
  );
}

/** What it is worth that the model is so sure: how often it was right where it was as sure of a photo whose class is known. */
function Worth({ probability }: { readonly probability: number }) {
  if (typeof judged.value !== 'object') return null;
  const { count, right } = sureAmong(judged.value, probability);
  const all = judged.value.files.length;
  return (
    <p class="hint">
      {count === 0
        ? `It was this sure of none of the ${plural(all, 'photo')} set aside.`
        : `It was at least this sure of ${count} of the ${plural(all, 'photo')} set aside, and right about ${right === count ? 'all of them' : right}.`}
    </p>
  );
}
