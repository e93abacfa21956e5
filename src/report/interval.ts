/**
 * Between which shares the accuracy lies of which `right` of `total` photos are a sample, in 95 of 100 cases (Wilson 1927): few photos
 * say little, however many of them were right.
 */
export function wilsonInterval(
  right: number,
  total: number,
): { readonly low: number; readonly high: number } {
  if (total === 0) return { low: 0, high: 1 };
  const share = right / total;
  const spread = Z ** 2 / total;
  const centre = (share + spread / 2) / (1 + spread);
  const half = (Z * Math.sqrt((share * (1 - share) + spread / 4) / total)) / (1 + spread);
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

/** 95 % of a normal distribution lie within so many deviations. */
const Z = 1.959964;

/** The same in words, for `accuracy` on so many photos: "65 to 99 %". */
export function likelyAccuracy(accuracy: number, total: number): string {
  const { low, high } = wilsonInterval(accuracy * total, total);
  return `${(low * 100).toFixed(0)} to ${(high * 100).toFixed(0)} %`;
}
