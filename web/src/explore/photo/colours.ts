/**
 * Colours for numbers, evenly spaced to the eye. What is never negative goes from dark to light in one direction; what has signs goes from
 * grey, for 0, to blue below it and to orange above it, both equally light, so that equal sizes look equally strong.
 */
import type { Colour } from '../../../../src/data/image.ts';
import { fromOklab, heatColour } from '../../../../src/train/explain/overlay.ts';

/** A colour for a share of −1 … 1. */
export const signedColour = (share: number): Colour =>
  signed[Math.round((Math.min(Math.max(share, -1), 1) + 1) * HALF)] ?? [0, 0, 0];

/** A colour for a share of 0 … 1. */
export const plainColour = (share: number): Colour => heatColour(share);

const HALF = 128;
const BLUE = (250 * Math.PI) / 180;
const ORANGE = (60 * Math.PI) / 180;

const signed: readonly Colour[] = Array.from({ length: 2 * HALF + 1 }, (_, step) => {
  const share = step / HALF - 1;
  const strength = Math.abs(share);
  const hue = share < 0 ? BLUE : ORANGE;
  const chroma = 0.16 * strength;
  return fromOklab(0.22 + 0.56 * strength, chroma * Math.cos(hue), chroma * Math.sin(hue));
});

/** Black or white, whichever stands out more from a colour: one of the two always does by 4.5 to 1 (WCAG 2, 1.4.3). */
export function inkOn(colour: Colour): string {
  const [red = 0, green = 0, blue = 0] = colour.map((byte) => {
    const share = byte / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  return (luminance + 0.05) ** 2 > 0.0525 ? '#000' : '#fff';
}

export const css = ([red, green, blue]: Colour): string => `rgb(${red} ${green} ${blue})`;
