// The camera as a visitor uses it, with Chromium's made-up one: photos are recorded into a class by mouse and by keyboard, the
// trained network says what it sees, and each reason why there is no camera is told apart.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser } from '../browser/harness.ts';
import { openKnownSite } from './known-site.ts';
import { photoFolder } from './photos.ts';
import { axeViolations, chooseSmall, type OpenSite, type SiteOptions } from './site.ts';

const MADE_UP = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];

const there = hasBrowser("the train page's camera", { page: true });
let home: string;
beforeAll(async () => {
  home = await photoFolder({ red: 0, green: 1 }, 5);
});
afterAll(() => rm(home, { recursive: true, force: true }));

const cameraButton = ({ page }: OpenSite) => page.getByRole('button', { name: 'camera for green' });

/** The site with photos of two classes. */
async function open(options: SiteOptions): Promise<OpenSite> {
  const site = await openKnownSite(options);
  await site.page.getByText('Computing on').waitFor(); // the project is open
  await site.page.getByLabel('Choose a folder').last().setInputFiles(join(home, 'photos'));
  await cameraButton(site).waitFor();
  return site;
}

describe.skipIf(!there)('with a camera, the train page', () => {
  let site: OpenSite;
  beforeAll(async () => {
    site = await open({ flags: MADE_UP });
  });
  afterAll(() => site.close());

  const card = () => site.page.locator('.classes > li').filter({ has: cameraButton(site) });
  const record = () => site.page.getByRole('button', { name: 'Hold to record photos of green' });
  const recorded = async () =>
    Number(/(\d+) photo/.exec(await card().locator('.camera').innerText())?.[1] ?? 0);

  it('shows the camera as a mirror, and records as long as the button is held', async () => {
    await cameraButton(site).click();
    await record().waitFor();
    expect(await card().locator('video.mirrored').count()).toBe(1);
    await record().hover();
    await site.page.mouse.down();
    await card().locator('.dot').waitFor();
    await expect.poll(recorded, { timeout: 30_000 }).toBeGreaterThanOrEqual(3);
    await site.page.mouse.up();
    await card().locator('.dot').waitFor({ state: 'detached' });
  });

  it('records by the space bar too', async () => {
    const before = await recorded();
    await record().focus();
    await site.page.keyboard.down(' ');
    await expect.poll(recorded, { timeout: 30_000 }).toBeGreaterThan(before);
    await site.page.keyboard.up(' ');
    await card().locator('.dot').waitFor({ state: 'detached' });
    const kept = async () => Number(/(\d+) photos/.exec(await card().innerText())?.[1]);
    await expect.poll(async () => (await kept()) - (await recorded()), { timeout: 10_000 }).toBe(5);
    expect(await axeViolations(site.page)).toEqual([]);
  });

  it('lets go of the camera when it is closed', async () => {
    const video = await card().locator('video').elementHandle();
    const tracks = await video?.evaluateHandle((element) =>
      ((element as HTMLVideoElement).srcObject as MediaStream).getTracks(),
    );
    await cameraButton(site).click();
    await card().locator('video').waitFor({ state: 'detached' });
    const states = () => tracks?.evaluate((all) => all.map(({ readyState }) => readyState));
    await expect.poll(states).toEqual(['ended']);
  });

  it('says what the camera sees, again and again, once a network is trained', async () => {
    await chooseSmall(site.page, 3);
    await site.page.getByRole('button', { name: 'Train', exact: true }).click();
    await site.page.getByRole('heading', { name: 'Try it' }).waitFor({ timeout: 240_000 });
    await site.page.getByRole('button', { name: 'Train', exact: true }).waitFor();
    await site.page.getByRole('button', { name: 'Try it on the camera' }).click();
    const bars = site.page.locator('.live .bars');
    await expect.poll(() => bars.locator('dt').count(), { timeout: 60_000 }).toBe(2);
    const first = await bars.innerText();
    await expect.poll(() => bars.innerText(), { timeout: 60_000 }).not.toBe(first); // the made-up picture moves
    await site.page
      .getByRole('region', { name: 'Try it' })
      .getByRole('checkbox', { name: 'Show where it looked' })
      .check();
    const looked = site.page.getByAltText('Where the network looked');
    await looked.waitFor();
    const before = await looked.getAttribute('src');
    await expect.poll(() => looked.getAttribute('src'), { timeout: 60_000 }).not.toBe(before);
    await site.page.getByRole('button', { name: 'Close the camera' }).click();
    await site.page.locator('.live').waitFor({ state: 'detached' });
    expect(site.complaints).toEqual([]);
  });
});

describe.skipIf(!there)('without a camera, the train page says why and what helps:', () => {
  it.each<readonly [string, SiteOptions, RegExp]>([
    [
      'it is not allowed',
      { flags: ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream=deny'] },
      /not allowed for this page.*Allow it/s,
    ],
    ['there is none', { flags: ['--use-fake-ui-for-media-stream'] }, /No camera was found.*Connect one/s],
    [
      'another program has it',
      {
        before: () => {
          navigator.mediaDevices.getUserMedia = () =>
            Promise.reject(new DOMException('Could not start video source', 'NotReadableError'));
        },
      },
      /cannot be opened.*Another program/s,
    ],
  ])('%s', async (_, options, text) => {
    const site = await open(options);
    try {
      await cameraButton(site).click();
      const told = site.page.locator('.camera [role=alert]');
      await told.waitFor();
      expect(await told.innerText()).toMatch(text);
      await site.page.getByRole('button', { name: 'Try again' }).click();
      await expect.poll(() => told.innerText()).toMatch(text);
    } finally {
      await site.close();
    }
  });
});
