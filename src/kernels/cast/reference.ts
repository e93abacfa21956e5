/** Rounding to f16 by arithmetic: what the kernel is tested against. */

/** The f16 number nearest to `value`, ties to even, as IEEE 754 rounds: 11 bits from 2^-14 up, steps of 2^-24 below. */
export function roundToHalf(value: number): number {
  if (!Number.isFinite(value) || value === 0) return value;
  const magnitude = Math.abs(value);
  const step = 2 ** (Math.max(Math.floor(Math.log2(magnitude)), -14) - 10);
  const rounded = roundTiesToEven(magnitude / step) * step;
  return Math.sign(value) * (rounded > 65_504 ? Infinity : rounded);
}

function roundTiesToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor;
}
