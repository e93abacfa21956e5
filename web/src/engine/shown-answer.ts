/** A model's answer as a page shows it: pictures and words in place of maps and distances. */
import { overlayPicture } from '../../../src/run/explain.ts';
import { unlikeText, type PhotoPrediction } from '../../../src/run/predict.ts';
import type { ModelAnswer } from './calls/models.ts';

/** The longer side of an overlay in pixels, at least: networks see smaller pictures than people like to. */
const LEAST_OVERLAY = 256;

export const shownAnswer = ({
  ranked,
  looked,
  familiarity,
}: Pick<PhotoPrediction, 'ranked' | 'looked' | 'familiarity'>): ModelAnswer => ({
  ranked,
  looked: looked && overlayPicture(looked, { least: LEAST_OVERLAY }).bytes,
  unlike: unlikeText(familiarity),
});
