/** What the test of the page that looks into a network does with it, and how it reads its numbers. */
import type { Locator, Page } from 'playwright-core';

/** A number of the page: with a true minus, and perhaps a power of ten. */
export function numberIn(text: string | null): number {
  const digits = '⁰¹²³⁴⁵⁶⁷⁸⁹';
  const plain = (text ?? '')
    .replaceAll('−', '-')
    .replace(/·10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)/, (_, power: string) =>
      ['e', ...power]
        .map((one) => (one === '⁻' ? '-' : digits.includes(one) ? digits.indexOf(one) : one))
        .join(''),
    );
  return Number(plain);
}
export const shownNumber = async (of: Locator): Promise<number> => numberIn(await of.textContent());

/** The button of a layer, by its block and its name there. */
export const buttonOf = (page: Page, block: string, name: string): Locator =>
  page
    .locator('.way > li')
    .filter({ has: page.getByText(block, { exact: true }) })
    .getByRole('button', { name });

/** Looks at an output of a layer, through the fields for channel, row and column. */
export async function goTo(
  page: Page,
  block: string,
  name: string,
  [channel, y, x]: readonly [number, number, number],
): Promise<void> {
  await buttonOf(page, block, name).first().click();
  await page.getByRole('heading', { name: 'One channel' }).waitFor();
  await page
    .getByLabel(/^Channel, 0 to/)
    .first()
    .fill(String(channel));
  await page.getByLabel(/^Row, /).fill(String(y));
  await page.getByLabel(/^Column, /).fill(String(x));
}

/** A safetensors file of 16-bit floats, one tensor's doubled: in place, since reading and writing all of them takes seconds. */
export function withDoubled(file: Uint8Array, name: string): Uint8Array {
  const bytes = new Uint8Array(file);
  const view = new DataView(bytes.buffer);
  const begin = 8 + Number(view.getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, begin))) as Readonly<
    Record<string, { readonly dtype: string; readonly data_offsets: readonly [number, number] }>
  >;
  const { dtype, data_offsets: [from, to] = [0, 0] } = header[name] ?? {};
  if (dtype !== 'F16') throw new Error(`${name} is no tensor of 16-bit floats.`);
  for (let at = begin + from; at < begin + to; at += 2) {
    const half = view.getUint16(at, true);
    // One more in the exponent; what has none, a zero or a subnormal number, is shifted into it.
    const isSubnormal = (half & 0x7c00) === 0;
    view.setUint16(at, isSubnormal ? (half & 0x8000) | ((half & 0x3ff) << 1) : half + 0x400, true);
  }
  return bytes;
}
