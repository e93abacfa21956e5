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
