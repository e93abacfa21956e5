/** The page that looks into a network: what it shows is what the engine computes here from the same photo, and its sums add up. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { unzipSync } from 'fflate';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeImage, WHITE, type DecodedImage } from '../../src/data/index.ts';
import { createClassifier, type Classifier } from '../../src/run/model/classifier.ts';
import { parseWeights } from '../../src/run/model/weights-file.ts';
import { fieldsOf } from '../../src/run/see/fields.ts';
import { seeLayers, type SeenImage } from '../../src/run/see/layers.ts';
import { occlude } from '../../src/run/see/occlusion.ts';
import { prepare } from '../../src/run/see/prepare.ts';
import { classMaps, overlay } from '../../src/train/index.ts';
import { imageTensor } from '../../src/train/inputs/images.ts';
import { INDEX, writeIndex } from '../../web/src/engine/photos/index-file.ts';
import { hasBrowser } from '../browser/harness.ts';
import { testGpu } from '../support/gpu.ts';
import { buttonOf, goTo, numberIn, shownNumber, withDoubled } from './looking.ts';
import { putFiles } from './projects.ts';
import { expectNoBarriers } from './looks.ts';
import { axeViolations, builtSite, openSite, type OpenSite } from './site.ts';

const there = hasBrowser('the page that looks into a network', { page: true });
const SIDE = 64;
/** Two adapters add up in other orders, through the layers: as in test/network.test.ts, of a layer's largest output. */
const FORWARD = 1e-4;

let site: OpenSite;
let page: Page;
let classifier: Classifier;
/** The first drawing as the network sees it, and what it makes of it here. */
let image: DecodedImage;
let seen: SeenImage;
let shipped: Uint8Array;
/** The drawing's file. */
let drawing: Uint8Array;
let home: string;

const layerButton = (block: string, name: string) => buttonOf(page, block, name);
const lookAt = (block: string, name: string, at: readonly [number, number, number]) =>
  goTo(page, block, name, at);
const sum = () => page.locator('[data-is=sum]');
const value = () => page.locator('[data-is=value]');
const here = () => page.locator('.large').first().locator('.number');

function expected(name: string, [channel, y, x]: readonly [number, number, number]) {
  const index = seen.layers.findIndex((layer) => layer.name === name);
  const { shape, values } = seen.layers[index]!;
  const [, width = 0, channels = 0] = shape.length < 3 ? [1, 1, ...shape] : shape;
  const largest = values.reduce((most, one) => Math.max(most, Math.abs(one)), 0);
  const { rows, columns, reach } = fieldsOf(seen.layers, index, [SIDE, SIDE]);
  return {
    value: values[(y * width + x) * channels + channel]!,
    largest,
    row: rows[y]!,
    column: columns[x]!,
    reach: reach?.width ?? SIDE,
  };
}

/** What the page says of a field. */
function fieldText({
  row,
  column,
  reach,
}: Record<'row' | 'column', readonly [number, number]> & { readonly reach: number }): string {
  const span = ([first, last]: readonly [number, number]) => `${first} to ${last}`;
  const [width, height] = [column[1] - column[0] + 1, row[1] - row[0] + 1];
  const pixels =
    reach > Math.min(width, height)
      ? `${reach} × ${reach} pixels, of which ${width} × ${height} lie in the photo`
      : `${width} × ${height} pixels of the photo`;
  return `It can see ${pixels}: columns ${span(column)}, rows ${span(row)}.`;
}

async function takeDrawing(): Promise<void> {
  await page.getByRole('button', { name: 'Take a drawing' }).click();
  await page.locator('.large .number').first().waitFor();
}

describe.skipIf(!there)('what a network sees', () => {
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'graft-photo-'));
    shipped = await readFile(new URL('../../weights/resnet18-emoji.safetensors', import.meta.url));
    const gpu = await testGpu();
    classifier = await createClassifier(gpu, await parseWeights({ bytes: shipped, source: 'shipped' }));
    site = await openSite();
    ({ page } = site);
    await page.goto(`${site.url}explore/photo/index.html`);
    await takeDrawing();
    const name = await page.locator('.set img').first().getAttribute('alt');
    const zip = (await builtSite()).get('/some/where/drawings.zip');
    drawing = unzipSync(zip instanceof Uint8Array ? zip : new Uint8Array())[name ?? ''] ?? new Uint8Array();
    image = prepare(decodeImage(drawing, { background: WHITE }), classifier.transform, SIDE);
    const set = { width: SIDE, height: SIDE, image: () => image.data };
    seen = await seeLayers(classifier.model, () => imageTensor(gpu, set, [0], SIDE));
  });
  afterAll(async () => {
    classifier.model.dispose();
    await site.close();
    await rm(home, { recursive: true, force: true });
  });

  it.each([
    ['stem', 'conv1', [5, 0, 31]],
    ['stem', 'maxPool2d', [40, 7, 8]],
    ['layer1.0', 'conv2', [63, 15, 0]],
    ['layer2.0', 'downsample.0', [100, 3, 4]],
    ['layer4.1', 'bn2', [511, 1, 1]],
  ] as const)(
    'has the outputs that the engine computes, and the fields that follow: %s %s',
    async (block, name, place) => {
      await lookAt(block, name, place);
      const { value, largest, ...field } = expected(block === 'stem' ? name : `${block}.${name}`, place);
      await expect
        .poll(async () => Math.abs((await shownNumber(here())) - value))
        .toBeLessThanOrEqual(FORWARD * largest);
      expect(await page.getByText('It can see').textContent()).toBe(fieldText(field));
    },
  );

  it('says how far a field reaches where the photo ends before it does', async () => {
    await lookAt('layer2.1', 'conv2', [0, 4, 4]);
    // As is known of ResNet-18.
    await page
      .getByText('It can see 99 × 99 pixels, of which 64 × 64 lie in the photo: columns 0 to 63')
      .waitFor();
  });

  it('has all drawings behind one stop of the Tab key, and arrow keys between them', async () => {
    const options = page.locator('.set [role=option]');
    const names = await options.evaluateAll((all) => all.map((one) => one.querySelector('img')?.alt));
    expect(names.length).toBeGreaterThan(10);
    const stops = page.locator('.set [tabindex="0"], .set :is(a, button, input)');
    expect(await stops.count()).toBe(1);
    const focused = () => page.evaluate(() => document.activeElement?.querySelector('img')?.alt);
    await stops.focus();
    await page.keyboard.press('ArrowRight');
    expect(await focused()).toBe(names[1]);
    await page.keyboard.press('ArrowDown');
    expect(names.indexOf(await focused())).toBeGreaterThan(2);
    await page.keyboard.press('End');
    expect(await focused()).toBe(names.at(-1));
    // Arrow keys alone show the network nothing.
    expect(await options.first().getAttribute('aria-selected')).toBe('true');
    await page.keyboard.press('Enter');
    await page.getByText(`Looking at ${names.at(-1) ?? ''}.`).waitFor();
    expect(await options.last().getAttribute('aria-selected')).toBe('true');
    await page.keyboard.press('Home');
    expect(await stops.count()).toBe(1);
    await page.keyboard.press('Enter');
    await page.getByText(`Looking at ${names[0] ?? ''}.`).waitFor();
  });

  it('takes a convolution apart: window, weights and products add up to what the engine has', async () => {
    await lookAt('stem', 'conv1', [7, 0, 12]);
    const { value: known, largest } = expected('conv1', [7, 0, 12]);
    await page.getByText('channel 7, row 0, column 12').waitFor();
    expect(await shownNumber(here())).toBe(await shownNumber(value()));
    expect(Math.abs((await shownNumber(value())) - known)).toBeLessThanOrEqual(FORWARD * largest);
    expect(Math.abs((await shownNumber(sum())) - (await shownNumber(value())))).toBeLessThan(1e-5 * largest);
    let total = 0;
    for (const colour of ['0', '1', '2']) {
      await page.getByLabel(/^Colour/).fill(colour);
      const cells = (title: string) =>
        page.locator('.window').filter({ hasText: title }).locator('td').allTextContents();
      const [window, weights, products] = await Promise.all(['Window', 'Weights', 'Products'].map(cells));
      expect(products).toHaveLength(49);
      expect(window!.slice(0, 21)).toEqual(Array<string>(21).fill('0')); // beyond the upper edge
      for (const i of [24, 31, 48])
        // three digits each
        expect(numberIn(products![i]!)).toBeCloseTo(numberIn(window![i]!) * numberIn(weights![i]!), 2);
      const text = await page.getByText('They come to').textContent();
      const [, own = '', others = ''] =
        /come to (\S+) in this channel; the other 2 to (\S+)\./.exec(text ?? '') ?? [];
      expect(numberIn(own) + numberIn(others)).toBeCloseTo(await shownNumber(sum()), 7);
      total += numberIn(own);
    }
    expect(total).toBeCloseTo(await shownNumber(sum()), 7);
    expect(await page.locator('.window .outside').count()).toBe(2 * 21);
  });

  it('takes a logit apart in the same way, and says whose it is', async () => {
    await lookAt('head', 'fc', [3, 0, 0]);
    await page.getByText(`the logit of “${classifier.classes[3] ?? ''}”`).waitFor();
    const { value: known, largest } = expected('fc', [3, 0, 0]);
    expect(Math.abs((await shownNumber(value())) - known)).toBeLessThanOrEqual(FORWARD * largest);
    expect(Math.abs((await shownNumber(sum())) - (await shownNumber(value())))).toBeLessThan(1e-5 * largest);
    expect(await page.locator('.sum').textContent()).toContain('512 products and the bias');
  });

  it('goes on to batch norm, shortcut and ReLU', async () => {
    await lookAt('layer1.1', 'bn2', [12, 6, 6]);
    await expect.poll(() => page.getByRole('heading', { name: 'layer1.1.bn2' }).count()).toBe(1);
    const steps = page.locator('.sum .steps');
    await expect.poll(() => steps.textContent()).toContain('plus what the shortcut brings');
    const [computed, engine] = await steps.locator('.number').allTextContents();
    const { largest } = expected('layer1.1.bn2', [12, 6, 6]);
    expect(Math.abs(numberIn(computed!) - numberIn(engine!))).toBeLessThan(1e-5 * largest);
    expect(numberIn(engine!)).toBe(await shownNumber(here()));
  });

  it('follows the pointer without drawing any picture anew, and the keyboard', async () => {
    await lookAt('layer1.0', 'conv1', [3, 8, 8]);
    await page.getByText('channel 3, row 8, column 8').waitFor();
    await page.evaluate(() => {
      const counting = globalThis as unknown as { drawn: number };
      counting.drawn = 0;
      for (const name of ['putImageData', 'drawImage'] as const) {
        const draw = CanvasRenderingContext2D.prototype[name] as (...args: unknown[]) => void;
        CanvasRenderingContext2D.prototype[name] = function (this: unknown, ...args: unknown[]) {
          counting.drawn += 1;
          draw.apply(this, args);
        };
      }
    });
    const photo = page.getByLabel('The photo, with what');
    await photo.scrollIntoViewIfNeeded();
    const box = (await photo.boundingBox())!;
    for (let i = 1; i < 16; i++)
      await page.mouse.move(box.x + (box.width * i) / 16 + 2, box.y + (box.height * i) / 16 + 2);
    await expect.poll(() => page.getByLabel(/^Row, /).inputValue()).toBe('15');
    const rect = photo.locator('rect.over');
    const [row] = [expected('layer1.0.conv1', [3, 15, 15]).row];
    expect(await rect.getAttribute('y')).toBe(String(row[0]));
    expect(await rect.getAttribute('height')).toBe(String(row[1] - row[0] + 1));
    await page.mouse.down();
    await page.mouse.up();
    await page.mouse.move(box.x + 20, box.y + 20); // on the way to something else
    expect(await page.getByLabel(/^Row, /).inputValue()).toBe('15');
    const map = page.getByLabel('Channel 3 of layer1.0.conv1');
    await map.focus();
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    expect(await page.getByLabel(/^Column, /).inputValue()).toBe('13');
    await expect.poll(() => page.getByText('channel 3, row 14, column 13').count()).toBe(1);
    expect(await page.evaluate(() => (globalThis as unknown as { drawn: number }).drawn)).toBe(0);
    await page.getByLabel('All 64 channels').focus();
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => page.getByLabel('Channel 4 of layer1.0.conv1').count()).toBe(1);
  });

  it('shows where the network looked: Grad-CAM over the photo', async () => {
    const shares = seen.layers.at(-1)!.values;
    const index = shares.indexOf(Math.max(...shares));
    expect(await page.locator('.where select').inputValue()).toBe(String(index));
    const [map] = await classMaps(
      classifier.model,
      { width: SIDE, height: SIDE, image: () => image.data },
      [0],
      [index],
    );
    const wanted = overlay(image, map!).data;
    const canvas = page.getByLabel('Grad-CAM of').locator('canvas');
    const shown = await canvas.evaluate((one) => {
      const { width, height } = one as HTMLCanvasElement;
      return [...((one as HTMLCanvasElement).getContext('2d')?.getImageData(0, 0, width, height).data ?? [])];
    });
    const apart = Array.from(wanted, (byte, i) =>
      Math.abs(byte - (shown[4 * Math.floor(i / 3) + (i % 3)] ?? NaN)),
    );
    expect(Math.max(...apart)).toBeLessThanOrEqual(2); // a map's value may fall into the next of 256 colours
  });

  it('covers the photo place by place, and can be stopped', async () => {
    await page.getByLabel('Side of the grey patch').selectOption('32 pixels');
    await page.getByRole('button', { name: 'Cover one place' }).click();
    const told = page.locator('.told');
    await told.waitFor();
    const shares = seen.layers.at(-1)!.values;
    const index = shares.indexOf(Math.max(...shares));
    const { logit, changes } = await occlude(classifier.model, image, index, { side: 32, stride: 16 });
    const lowest = Math.min(...changes);
    const [by, from, to] = [
      ...((await told.textContent()) ?? '').matchAll(/(?:by|from|to) ([−\d.]+\d)/g),
    ].map(([, text = '']) => numberIn(text));
    for (const [shown, known] of [
      [by, Math.abs(lowest)],
      [from, logit],
      [to, logit + lowest],
    ] as const)
      expect(Math.abs(shown! - known)).toBeLessThan(2e-3); // four digits are shown
    await page.getByLabel('Side of the grey patch').selectOption('8 pixels');
    await page.getByRole('button', { name: 'Cover one place' }).click();
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByRole('button', { name: 'Cover one place' }).waitFor();
    expect(await page.locator('.failure').count()).toBe(0);
  });

  it('shows the filters of the stem', async () => {
    await page.getByRole('button', { name: 'Show the filters' }).click();
    await page.getByLabel('The 64 filters of conv1').click({ position: { x: 60, y: 20 } });
    await expect.poll(() => page.getByLabel('Channel 1 of conv1').count()).toBe(1);
  });

  it('shows two networks side by side: equal before the stage that differs, and not from there on', async () => {
    await writeFile(join(home, 'after.safetensors'), withDoubled(shipped, 'layer4.1.conv1.weight'));
    await page.getByLabel('Bring a file of weights').last().setInputFiles(join(home, 'after.safetensors'));
    const small = (block: string, name: string) => layerButton(block, name).first().locator('small');
    await expect.poll(() => small('layer4.0', 'bn2').textContent()).toBe('equal');
    expect(await small('stem', 'conv1').textContent()).toBe('equal');
    expect(await small('layer4.1', 'conv1').textContent()).toBe('100.0 %');
    expect(await small('head', 'fc').textContent()).toMatch(/^\d+\.\d %$/);
    await lookAt('layer4.1', 'conv1', [9, 0, 1]);
    await expect.poll(() => here().count()).toBe(3);
    const [a = NaN, b = NaN, change = NaN] = (await here().allTextContents()).map(numberIn);
    expect(b).toBeCloseTo(2 * a, 5);
    expect(change).toBeCloseTo(b - a, 5);
    await page.getByLabel('Of network').selectOption('B');
    await expect.poll(() => shownNumber(value())).toBe(b);
    await page.getByRole('combobox', { name: 'Channels of' }).selectOption('B − A');
    await lookAt('layer1.0', 'conv1', [9, 0, 1]);
    await expect.poll(() => page.locator('.large').first().textContent()).toContain('equal to the last bit');
  });

  it('has no barrier that axe finds, wide, narrow and dark, and complains of nothing', async () => {
    await expectNoBarriers(page, 'photo');
    expect(site.complaints).toEqual([]);
    expect(site.origins()).toEqual([new URL(site.url).origin]);
  });

  it('finds the runs and photos of this browser, and shows a run beside what it began with', async () => {
    const contents = await builtSite();
    const asset = [...contents.keys()].find((path) => /resnet18-emoji.*\.safetensors$/.test(path));
    const root = 'projects/first1';
    const photo = { id: 'aa', name: 'one.png' };
    const index = { classes: [{ id: 'c', name: 'cats', photos: [photo] }], trained: {} };
    await putFiles(page, {
      [`${root}/project.json`]: JSON.stringify({ version: 1, name: 'Cats', created: 1, opened: 1 }),
      [`${root}/runs/train/config.json`]: JSON.stringify({ weights: 'resnet18-emoji', tune: 'head' }),
      [`${root}/photos/${INDEX}`]: new TextDecoder().decode(writeIndex(index)),
    });
    await page.evaluate(
      async ({ asset, root, bytes }) => {
        const put = async (path: string, name: string, content: Blob) => {
          let folder = await navigator.storage.getDirectory();
          for (const part of path.split('/')) folder = await folder.getDirectoryHandle(part);
          const writable = await (await folder.getFileHandle(name, { create: true })).createWritable();
          await writable.write(content);
          await writable.close();
        };
        await put(`${root}/runs/train`, 'best.safetensors', await (await fetch(asset)).blob());
        await put(`${root}/photos`, 'p-aa', new Blob([new Uint8Array(bytes)]));
      },
      { asset: asset ?? '', root, bytes: [...drawing] },
    );
    await expect.poll(() => page.url()).toMatch(/layer=layer1.0.conv1&channel=9&row=0&column=1$/);
    await page.reload();
    await page.getByText('channel 9, row 0, column 1').waitFor();
    expect(await layerButton('layer1.0', 'conv1').getAttribute('aria-pressed')).toBe('true');
    await page.getByRole('button', { name: 'Photos of Cats' }).click();
    await page.getByText('Looking at cats/one.png').waitFor();
    expect(await page.locator('.set img').getAttribute('alt')).toBe('cats/one.png');
    await page.getByRole('button', { name: 'Before and after Cats: run train, trained head' }).click();
    await expect.poll(() => layerButton('head', 'fc').locator('small').textContent()).toBe('equal');
    expect(await page.locator('caption').filter({ hasText: 'B: Cats' }).count()).toBe(1);
  });

  it('says where there is no device, and shows what takes none', async () => {
    await page.route('**/photo-worker-*.js', async (route) => {
      const response = await route.fetch();
      const without = "Object.defineProperty(navigator,'gpu',{value:undefined});";
      await route.fulfill({ response, body: without + (await response.text()) });
    });
    await page.reload();
    await page.getByText('cannot compute on the graphics card').waitFor();
    await page.getByRole('button', { name: 'Take a drawing' }).click();
    const canvas = page.getByLabel('The photo as the network would see it').locator('canvas');
    await canvas.waitFor();
    expect(await canvas.getAttribute('width')).toBe(String(SIDE));
    await layerButton('layer2.0', 'conv1').click();
    await page.getByLabel(/^Row, 0 to 7/).fill('2');
    await page.getByLabel(/^Column, 0 to 7/).fill('5');
    await expect
      .poll(() => page.getByText('It can see').textContent())
      .toBe(fieldText(expected('layer2.0.conv1', [0, 2, 5])));
    await page.getByRole('button', { name: 'Show the filters' }).click();
    await page.getByLabel('The 64 filters of conv1').first().waitFor();
    expect(await axeViolations(page)).toEqual([]);
  });
});

it('takes at most 250 kB compressed before a photo is shown', async () => {
  const contents = await builtSite();
  const text = (path: string) => {
    const content = contents.get(path) ?? '';
    return typeof content === 'string' ? content : new TextDecoder().decode(content);
  };
  const first = [
    ...text('/some/where/explore/photo/index.html').matchAll(/(?:src|href)="\.\.\/\.\.\/([^"]+)"/g),
  ];
  const worker = [...contents.keys()].find((path) => /photo-worker-[\w-]{8}\.js$/.test(path)) ?? '';
  const found = new Set<string>();
  const add = (path: string): void => {
    if (found.has(path)) return;
    found.add(path);
    // Not only what comes at once: the worker asks for the rest as soon as it is there.
    for (const [, next = ''] of text(path).matchAll(
      /(?:\bfrom|\bimport)\s*\(?\s*["'`]\.\/([\w.-]+\.js)["'`]/g,
    ))
      if (!/^(pth-file|imagenet|own-decoder|inspect)/.test(next)) add(path.replace(/[^/]*$/, next));
  };
  for (const [, path = ''] of first) add(`/some/where/${path}`);
  add(worker);
  expect(found.size).toBeGreaterThan(4);
  const bytes = [...found].map((path) => gzipSync(text(path), { level: 9 }).length);
  expect(bytes.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(250_000);
});
