// What is trained, from what, and at what cost, as a visitor chooses it: stages by mouse and keyboard, settings of the one table, and
// networks that are dropped or fetched from a server of this machine that stands for the catalogue's.
import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catalogue, readSafetensors, writeSafetensors } from '../../src/weights/index.ts';
import { hasBrowser } from '../browser/harness.ts';
import { listen } from '../browser/site.ts';
import { photoFolder } from './photos.ts';
import { axeViolations, openSite, type OpenSite } from './site.ts';

/** Plans take a while where tests share two cores. */
const PATIENT = { timeout: 30_000 };

const there = hasBrowser('what is trained, and from what', { page: true });
const SHIPPED = fileURLToPath(new URL('../../weights/resnet18-emoji.safetensors', import.meta.url));

describe.skipIf(!there)('the network', () => {
  let home: string;
  let server: Awaited<ReturnType<typeof listen>>;
  let site: OpenSite;
  let page: Page;
  /** Weights that the catalogue takes for its own in this test. */
  let published: Uint8Array;

  beforeAll(async () => {
    home = await photoFolder({ red: 0, blue: 1 }, 8);
    const { tensors } = readSafetensors(await readFile(SHIPPED), 'shipped');
    published = writeSafetensors(tensors, { dtype: 'f16', metadata: { for: 'a test' } });
    const prefix = createHash('sha256').update(published).digest('hex').slice(0, 8);
    server = await listen((request, response) => {
      const name = request.url?.split('/').at(-1) ?? '';
      const isAllowed = !name.startsWith('resnet34');
      if (isAllowed) response.setHeader('access-control-allow-origin', '*');
      if (name.startsWith('resnet101')) response.writeHead(404).end();
      else if (name.startsWith('resnet152'))
        response.write('the beginning'); // and no end
      else response.end(name.startsWith('resnet50') ? 'something else' : published);
    });
    process.env['GRAFT_WEIGHTS_URL'] = `${server.url}mirror/`;
    const ownHash = {
      name: 'a checksum that a test can meet',
      transform: (code: string, id: string) =>
        id.endsWith('/weights/catalogue.ts') ? code.replaceAll('f37072fd', prefix) : undefined,
    };
    try {
      site = await openSite({ plugins: [ownHash], worker: { plugins: () => [ownHash] } });
    } finally {
      delete process.env['GRAFT_WEIGHTS_URL'];
    }
    ({ page } = site);
  });
  afterAll(async () => {
    await site.close();
    server.close();
    await rm(home, { recursive: true, force: true });
  });

  const stage = (name: string) => page.locator('.stage').filter({ hasText: name });
  const button = (name: string) => stage(name).getByRole('button');
  const pressed = async () => {
    const states = await page
      .locator('.stage button')
      .evaluateAll((all) => all.map((one) => one.getAttribute('aria-pressed') === 'true'));
    return states.map(Number).join('');
  };
  const totals = () => page.locator('[aria-busy=false] .totals').innerText();
  const planned = () => page.locator('[aria-busy=false] .totals').waitFor();
  const trainButton = () => page.getByRole('button', { name: 'Train', exact: true });
  const settled = () => page.locator('.status .idle').waitFor({ state: 'attached' });

  it('is drawn stage by stage, with what graft would train and why', async () => {
    expect(await page.locator('.stages').count()).toBe(0);
    await page.getByLabel('Choose a folder').last().setInputFiles(join(home, 'photos'));
    await page.locator('.stages').waitFor();
    expect(await page.locator('.stage strong').allInnerTexts()).toEqual([
      ...['stem', 'layer1', 'layer2', 'layer3', 'layer4', 'head'],
    ]);
    expect(await pressed()).toBe('000001');
    expect(await page.locator('.mark').count()).toBe(1);
    expect(await stage('head').innerText()).toMatch(/trained\s+1,026 parameters\s+alone: [\d.]+ MiB/);
    expect(await stage('layer4').innerText()).toMatch(/frozen\s+8\.4 M parameters\s+from here: [\d.]+ MiB/);
    expect(await page.getByRole('list', { name: 'Reasons' }).innerText()).toMatch(
      /^tune head for 12 training photos: so few photos would make the trunk overfit/,
    );
    expect(await totals()).toMatch(/1,026 of 11,177,538 parameters/);
  });

  it('tells in the end how long a step of each choice takes on this adapter, and the run', async () => {
    await page.getByText('about', { exact: false }).first().waitFor({ timeout: 120_000 });
    const costs = await page.locator('.cost').allInnerTexts();
    for (const cost of costs) expect(cost).toMatch(/\d (ms|s) a step$/);
    expect(await totals()).toMatch(/The run\s+about .* once for features/);
  });

  it('is trained from the stage that is clicked, or chosen by keyboard, and chosen again by graft', async () => {
    await button('layer3').click();
    await expect.poll(pressed, PATIENT).toBe('000111');
    await expect.poll(totals, PATIENT).toMatch(/10,494,466 of 11,177,538/);
    await button('layer3').focus();
    await page.keyboard.press('Space'); // freezes it again, and trains from the next one on
    await expect.poll(pressed, PATIENT).toBe('000011');
    await button('stem').focus();
    await page.keyboard.press('Enter');
    await expect.poll(pressed, PATIENT).toBe('111111');
    await page.getByRole('button', { name: 'Let graft choose: head' }).click();
    await expect.poll(pressed, PATIENT).toBe('000001');
  });

  it('says at its field what is wrong with a setting, and trains with none that is', async () => {
    await planned();
    await page.getByText('More settings').click();
    expect(await page.getByLabel('Learning rate').getAttribute('placeholder')).toBe('0.01');
    expect(await page.locator('#setting-schedule option').first().innerText()).toBe('one-cycle');
    expect(await page.getByLabel('Pretrained weights').count()).toBe(0); // chosen elsewhere
    await page.getByLabel('Learning rate').fill('fast');
    const problem = page.getByText('It must be a number greater than 0, such as 0.001 or 1e-3.');
    await problem.waitFor();
    expect(await page.getByLabel('Learning rate').getAttribute('aria-invalid')).toBe('true');
    expect(await trainButton().isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Reset Learning rate' }).click();
    await problem.waitFor({ state: 'detached' });
    expect(await trainButton().isDisabled()).toBe(false);
  });

  it('says where settings do not go together', async () => {
    await page.getByLabel('Head first').check();
    await page.getByLabel('Epochs', { exact: true }).fill('1');
    await page.getByText('gradual needs two epochs or more').waitFor();
    await page.getByLabel('Head first').uncheck();
    await page.getByText('gradual needs two epochs or more').waitFor({ state: 'detached' });
  });

  it('says which batch fits, and takes it', async () => {
    await page.getByLabel('Image size').fill('512');
    await page.getByLabel('Batch size').fill('12');
    await page.getByLabel('Memory of the graphics card').selectOption('0.5');
    await button('stem').click();
    const advice = page.getByText(/^Batches of 12 need [\d.]+ (MiB|GiB), which is more; \d+ fits\./);
    await advice.waitFor();
    const [, fits] = /; (\d+) fits/.exec(await advice.innerText()) ?? [];
    await page.getByRole('button', { name: `Take batches of ${fits}` }).click();
    await page.getByText(new RegExp(`^Batches of ${fits} need [\\d.]+ MiB, which fits\\.`)).waitFor();
    expect(await page.getByLabel('Batch size').inputValue()).toBe(fits);
  });

  it('is usable by everyone, and on a phone, as far as axe and its width can tell', async () => {
    expect(await axeViolations(page)).toEqual([]);
    await page.setViewportSize({ width: 360, height: 740 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    expect(await axeViolations(page)).toEqual([]);
    await page.setViewportSize({ width: 1280, height: 720 });
  });

  const startFrom = () => page.getByLabel('Start from');
  const options = () => startFrom().locator('option').allInnerTexts();
  /** Drops a file where networks of one's own come in. */
  async function give(name: string, bytes: Uint8Array): Promise<void> {
    const path = join(home, name);
    await writeFile(path, bytes);
    await page.getByLabel('Choose a file of weights').last().setInputFiles(path);
    await settled();
  }
  const failure = () => page.locator('.failure').innerText();

  it('can be one of one’s own, whatever it is called', async () => {
    await page.getByText('A network of your own').click();
    await give('My <b>net.safetensors', await readFile(SHIPPED));
    await expect.poll(() => startFrom().inputValue(), PATIENT).toMatch(/^My-b-net-[0-9a-f]{8}\.safetensors$/);
    expect((await options()).some((text) => text === 'ResNet-18, from your file My <b>net.safetensors')).toBe(
      true,
    );
  });

  it('tells what of its file was taken under which names, over a reload too', async () => {
    const { tensors } = readSafetensors(await readFile(SHIPPED), 'shipped');
    const wrapped = new Map([...tensors].map(([name, tensor]) => [`module.${name}`, tensor]));
    await give('wrapped.safetensors', writeSafetensors(wrapped, { dtype: 'f32' }));
    const notes = page.getByText('How it was read: names without "module."');
    await notes.waitFor();
    const chosen = await startFrom().inputValue();
    await page.reload();
    await page.locator('.stages').waitFor();
    await startFrom().selectOption(chosen);
    await notes.waitFor();
    await page.getByRole('button', { name: 'Remove wrapped' }).click();
    await settled();
  });

  it('is refused with the reason where a file is none, damaged or something else', async () => {
    const before = await options();
    await give('page.pth', Buffer.from('<!doctype html><p>Please log in'));
    expect(await failure()).toMatch(/^page\.pth: it is a web page\. The download returned/);
    await give('cut.safetensors', (await readFile(SHIPPED)).subarray(0, 1_000_000));
    expect(await failure()).toMatch(/^cut\.safetensors: .* damaged or cut short/s);
    const tensor = { shape: [2], data: Float32Array.of(1, 2) };
    const other = writeSafetensors(new Map([['encoder.weight', tensor]]), { dtype: 'f32' });
    await give('other.safetensors', other);
    expect(await failure()).toMatch(/^other\.safetensors: it is not a network that graft has/);
    await give('hostile.pth', Uint8Array.of(0x80, 2, 0x63, ...Buffer.from('os\nsystem\n'), 0x2e));
    expect(await failure()).toMatch(/^hostile\.pth: /);
    expect(await options()).toEqual(before);
  });

  it('is fetched once from where the catalogue has it, checked and kept', async () => {
    expect(await page.content()).toContain(`connect-src 'self' ${new URL(server.url).origin};`);
    const resnet18 = catalogue.find(({ name }) => name === 'resnet18')?.note ?? '';
    expect(await options()).toContain(`${resnet18} (44.7 MiB to fetch)`);
    await startFrom().selectOption('resnet18');
    await page.getByRole('button', { name: 'Fetch 44.7 MiB' }).click();
    await page.getByRole('button', { name: 'Remove resnet18' }).waitFor();
    await settled();
    expect(await options()).toContain(resnet18);
    expect(await page.locator('.failure').count()).toBe(0);
  });

  it('is no longer fetched where somebody thinks better of it', async () => {
    await startFrom().selectOption('resnet152');
    const fetchButton = page.getByRole('button', { name: /^Fetch / });
    await fetchButton.click();
    await page.getByRole('button', { name: 'Stop fetching' }).click();
    await fetchButton.waitFor();
    await settled();
    expect(await page.locator('.failure').count()).toBe(0);
    expect((await options()).some((text) => /^ResNet-152.* to fetch\)$/.test(text))).toBe(true);
  });

  it('is not kept where the server sends something else, and the link stands there where it sends nothing', async () => {
    await startFrom().selectOption('resnet50');
    await page.getByRole('button', { name: /^Fetch / }).click();
    await expect
      .poll(failure, PATIENT)
      .toMatch(/has the SHA-256 [0-9a-f]{8}… and not 0676ba61…, and was thrown away/);
    await startFrom().selectOption('resnet101');
    await page.getByRole('button', { name: /^Fetch / }).click();
    await expect.poll(failure, PATIENT).toMatch(/the server answered 404/);
    await startFrom().selectOption('resnet34');
    await page.getByRole('button', { name: /^Fetch / }).click();
    await expect
      .poll(failure, PATIENT)
      .toMatch(/the server does not let this page have it, or cannot be reached/);
    expect(await page.getByRole('link', { name: 'download the file' }).getAttribute('href')).toBe(
      `${server.url}mirror/resnet34-b627a593.pth`,
    );
  });

  it('takes the catalogue’s name where it is dropped with the catalogue’s bytes', async () => {
    await startFrom().selectOption('resnet18');
    await page.getByRole('button', { name: 'Remove resnet18' }).click();
    await settled();
    expect(await startFrom().inputValue()).toBe('resnet18-emoji');
    await give('download (1).pth', published);
    await expect.poll(() => startFrom().inputValue(), PATIENT).toBe('resnet18');
  });

  it('stays over a reload', async () => {
    await page.reload();
    await page.locator('.stages').waitFor();
    expect(await options()).toContain('ResNet-18, from your file My <b>net.safetensors');
  });

  it('is what a run then begins with, of which it trains what was chosen', async () => {
    await startFrom().selectOption('resnet18');
    await page.getByText('More settings').click();
    await page.getByLabel('Image size').fill('32');
    await page.getByLabel('Epochs', { exact: true }).fill('1');
    await page.getByRole('button', { name: /^Let graft choose/ }).click(); // what was chosen last is kept over the reload
    await button('layer4').click();
    await expect.poll(pressed, PATIENT).toBe('000011');
    await trainButton().click();
    await page.getByRole('heading', { name: 'Result' }).waitFor({ timeout: 240_000 });
    await page.getByText('Log', { exact: true }).click();
    expect(await page.locator('pre').last().innerText()).toMatch(/model +resnet18, training layer4, fc/);
    const config = await page.evaluate(async () => {
      const within = async (folder: FileSystemDirectoryHandle, names: readonly string[]) => {
        for (const name of names) folder = await folder.getDirectoryHandle(name);
        return folder;
      };
      const projects = await within(await navigator.storage.getDirectory(), ['projects']);
      const ids = projects as unknown as { keys(): AsyncIterable<string> };
      const all: string[] = [];
      for await (const id of ids.keys()) all.push(id);
      const folder = await within(projects, [all[0] ?? '', 'runs', 'train']);
      return (await (await folder.getFileHandle('config.json')).getFile()).text();
    });
    expect(JSON.parse(config)).toMatchObject({ weights: 'resnet18', tune: 'layer4', size: 32, epochs: 1 });
  });

  it('asks no server but those that the catalogue names', () => {
    const allowed = [new URL(site.url).origin, new URL(server.url).origin];
    for (const origin of site.origins()) expect(allowed).toContain(origin);
    const expected = /CORS policy|404 \(Not Found\)|ERR_FAILED/;
    expect(site.complaints.filter((text) => !expected.test(text))).toEqual([]);
  });
});
