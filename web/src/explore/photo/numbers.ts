/** Numbers as people read them. */

/** Four digits, with a true minus; very small and very large ones by their power of ten. */
export function digits(value: number, precision = 4): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  const text =
    size < 1e-3 || size >= 1e5 ? power(size, precision) : String(Number(size.toPrecision(precision)));
  return value < 0 ? `−${text}` : text;
}

/** All digits that a 32-bit float can have. */
export const allDigits = (value: number): string => digits(value, 9);

function power(size: number, precision: number): string {
  const [mantissa = '', exponent = ''] = size.toExponential(Math.min(precision, 9) - 2).split('e');
  return `${mantissa}·10${[...String(Number(exponent))].map((sign) => RAISED[sign] ?? sign).join('')}`;
}

const RAISED: Readonly<Record<string, string>> = {
  ...{ '-': '⁻', 0: '⁰', 1: '¹', 2: '²', 3: '³', 4: '⁴', 5: '⁵', 6: '⁶', 7: '⁷', 8: '⁸', 9: '⁹' },
};

export const percent = (share: number): string =>
  share === 0 ? '0 %' : share < 0.0005 ? 'under 0.1 %' : `${(100 * share).toFixed(1)} %`;
