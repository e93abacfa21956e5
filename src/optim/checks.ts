/**
 * Throws `RangeError` naming the first of the options [name, value, whether it is in range] that is not a valid number.
 */
export function checkRanges(
  owner: string,
  options: readonly (readonly [name: string, value: number, valid: boolean])[],
): void {
  for (const [name, value, valid] of options) {
    if (!valid || !Number.isFinite(value)) {
      throw new RangeError(`${owner}: a ${name} of ${value} is out of range.`);
    }
  }
}
