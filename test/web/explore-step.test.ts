/** The page that shows a training step: its numbers are those of the engine's own recording, and a click records anew. */
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { byteSize, count } from '../../src/format.ts';
import { paperGpu } from '../../src/gpu/index.ts';
import { networks } from '../../src/networks/index.ts';
import type { Stages } from '../../src/nn/index.ts';
import { fullName } from '../../web/src/explore/step/names.ts';
import { chooseStrategy } from '../../src/train/settings/strategy.ts';
import { recordStep } from '../../src/train/index.ts';
import type { StepBox, StepRecord } from '../../src/train/rehearse/step-record.ts';
import { hasBrowser } from '../browser/harness.ts';
import { expectNoBarriers } from './looks.ts';
import { builtSite, openSite, type OpenSite } from './site.ts';

/** SwiftShader's. */
const traits = { software: true, subgroupSize: 4 } as const;
const there = hasBrowser('the page of a training step', { page: true });

let site: OpenSite;
let page: Page;
/** What the browser's adapter binds: with more storages a kernel, there are fewer of them. */
let limits: { readonly maxBindingBytes: number; readonly maxStorages: number };

/** The recording that the page should show. */
const recorded = (tune: string, batchSize = 8, size = 64) =>
  recordStep(paperGpu(traits, limits), 'resnet18', 2, configFor(tune, batchSize, size));
const configFor = (
  tune: string,
  batchSize: number,
  size: number,
  stages: Stages = networks.resnet18.stages,
) =>
  chooseStrategy(
    { batchSize, size, tune, views: 0, augment: 'standard', epochs: 1 },
    { images: batchSize, classes: 2, counts: [batchSize / 2, batchSize / 2] },
    stages,
  ).config;

async function numbers(): Promise<Record<string, string>> {
  const entries = await page
    .locator('.numbers > div')
    .evaluateAll((all) =>
      all.map((one) => [
        one.querySelector('dt')?.textContent ?? '',
        one.querySelector('dd')?.firstChild?.textContent ?? '',
      ]),
    );
  return Object.fromEntries(entries) as Record<string, string>;
}

const expected = (tune: string, batchSize?: number, size?: number) => told(recorded(tune, batchSize, size));

/** What the page says of a recording. */
function told(record: StepRecord): Record<string, string> {
  const { dispatches, operations, boxes, peakBytes, workspace, persistentBytes } = record;
  return {
    'kernels dispatched': count(dispatches.length),
    'nodes on the tape': count(operations.filter(({ pass }) => pass === 'backward').length),
    temporaries: count(boxes.length),
    'of them alive at one time': byteSize(peakBytes),
    'workspace that holds them': byteSize(workspace.reduce((sum, bytes) => sum + bytes, 0)),
    'weights, gradients and moments, which last': byteSize(persistentBytes),
  };
}

const stage = (name: string) => page.getByRole('button', { name: new RegExp(`^${name} (trained|frozen)$`) });

describe.skipIf(!there)('a training step, seen', () => {
  beforeAll(async () => {
    site = await openSite();
    ({ page } = site);
    await page.goto(`${site.url}explore/step/index.html`);
    await page.getByText('Recorded for').waitFor();
    limits = await page.evaluate(async () => {
      const adapter = await navigator.gpu.requestAdapter();
      const {
        maxStorageBufferBindingSize: maxBindingBytes = 0,
        maxStorageBuffersPerShaderStage: maxStorages = 0,
      } = adapter?.limits ?? {};
      return { maxBindingBytes, maxStorages };
    });
  });
  afterAll(() => site.close());

  it('shows what the engine records', async () => {
    expect(await numbers()).toEqual(expected('head'));
    expect((await numbers())['nodes on the tape']).toBe('2');
  });

  it('is recorded anew where a stage is trained, and tells what that changes', async () => {
    await stage('layer4').click();
    expect(await numbers()).toEqual(expected('layer4,head'));
    const more = recorded('layer4,head').dispatches.length - recorded('head').dispatches.length;
    await expect.poll(() => page.locator('.numbers small').first().textContent()).toBe(`+${more}`);
    await stage('stem').click();
    expect(await numbers()).toEqual(expected('all'));
    await stage('layer3').click(); // freezes it and all before
    expect(await numbers()).toEqual(expected('layer4,head'));
  });

  it('is of the batch and the size that are chosen', async () => {
    await page.getByLabel('Batch size').selectOption('16');
    await page.getByLabel('Image size').selectOption('96');
    expect(await numbers()).toEqual(expected('layer4,head', 16, 96));
    expect(new URL(page.url()).hash).toBe('#network=resnet18&batch=16&size=96&train=layer4&bn=running');
    await page.goto(page.url().replace('batch=16&size=96', 'batch=8&size=64&batch=7'));
    await expect.poll(numbers).toEqual(expected('layer4,head', 8, 64));
  });

  it('is of a MobileNet, whose code and stages come when it is chosen', async () => {
    await page.getByLabel('Network').selectOption('mobilenet_v3_small');
    await networks.mobilenet_v3_small.ready();
    await stage('head').click();
    await stage('stage4').click();
    const config = configFor('stage4,head', 8, 64, networks.mobilenet_v3_small.stages);
    const record = recordStep(paperGpu(traits, limits), 'mobilenet_v3_small', 2, config);
    await expect.poll(numbers).toEqual(told(record));
    const names = await page.locator('.stages strong').allTextContents();
    expect(names).toEqual(networks.mobilenet_v3_small.stages.map(({ name }) => name));
    await page.goto(page.url().replace('mobilenet_v3_small', 'mobilenet_v3_large'));
    await page.reload(); // the address alone asks for it
    await expect.poll(async () => Object.keys(await numbers())).toContain('nodes on the tape');
    expect(await page.getByLabel('Network').inputValue()).toBe('mobilenet_v3_large');
    await page.getByLabel('Network').selectOption('resnet18');
    await stage('head').click();
    await stage('layer4').click();
    await expect.poll(numbers).toEqual(expected('layer4,head', 8, 64));
  });

  it('tells of an operation its kernels, and of memory what keeps it alive, by keyboard alone', async () => {
    await page.getByText('operations as a table').focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'conv2d layer4.0.conv1' }).first().press('Enter');
    const details = page.locator('.details');
    await expect.poll(() => details.textContent()).toContain('[8, 2, 2, 512]');
    await expect.poll(() => details.textContent()).not.toContain('bounds it'); // nothing was measured
    await details.locator('summary').first().press('Enter');
    await expect.poll(() => details.locator('pre').first().textContent()).toContain('@compute');
    const link =
      (await details.getByRole('link', { name: 'Open the kernel of its result' }).getAttribute('href')) ?? '';
    const address = new URLSearchParams(link.split('#')[1]);
    expect([address.get('op'), ...address.getAll('size')].join(' ')).toBe(
      'conv2d.forward n.8 h.4 w.4 c.256 k.512 r.3 s.3 stride.2 padding.1',
    );
    await details.getByRole('button', { name: 'Its way back' }).press('Enter');
    await expect.poll(() => details.locator('h3').textContent()).toBe('conv2d layer4.0.conv1, backward');
    await page.getByText('largest as a table').press('Enter');
    const rows = await page.locator('table').last().locator('tbody tr').allTextContents();
    const { boxes, operations } = recorded('layer4,head', 8, 64);
    const commandsOf = ({ first, last }: StepBox) => last - first + 1;
    const area = (box: StepBox) => box.bytes * commandsOf(box);
    const largest = [...boxes].sort((a, b) => area(b) - area(a)).slice(0, 12);
    expect(rows).toEqual(
      largest.map((box) => {
        const { label, bytes, users } = box;
        const [first, last] = [operations[users[0]], operations[users.at(-1) ?? -1]];
        return label + byteSize(bytes) + commandsOf(box) + fullName(first) + fullName(last);
      }),
    );
  });

  it('shows what the mouse points at', async () => {
    const box = page.locator('svg.boxes rect.activation').first();
    await box.hover();
    await expect.poll(() => page.locator('.details h3').textContent()).toMatch(/^(activation|input), /);
  });

  it('takes the step: the kernels that were recorded, timed, and what it finds in each layer', async () => {
    await stage('head').click();
    await page.getByLabel('Batch size').selectOption('2');
    await page.getByLabel('Image size').selectOption('32');
    const record = recorded('head', 2, 32);
    expect(await numbers()).toEqual(expected('head', 2, 32));
    await page.getByRole('button', { name: 'Take this step' }).click();
    await page.getByText('steps were timed').waitFor();
    expect((await numbers())['a whole step, measured']).toMatch(/^[\d.]+ ms$/);
    // Times are told only where the kernels that ran are those of the record, one by one.
    const operations = page.locator('table', { hasText: 'Pass' });
    const cells = await operations.locator('tbody tr td:nth-child(5)').allTextContents();
    expect(cells).toHaveLength(record.operations.length);
    for (const cell of cells) expect(cell).toMatch(/^[\d.]+ ms$/);
    const shares = await operations.locator('tbody tr td:nth-child(6)').allTextContents();
    expect(shares.filter((share) => /^\d+ % (FMA|copy)$/.test(share)).length).toBeGreaterThan(20);
    await page.locator('.slowest button').first().click();
    await expect
      .poll(() => page.locator('.details').textContent())
      .toMatch(
        /(Arithmetic|Memory) bounds it: at the [\d.]+ (GFLOP|GB)\/s of .* it would take [\d.]+ ms\. It /,
      );
    const parameters = page.locator('table', { hasText: 'Gradient' }).locator('tbody tr');
    expect(await parameters.locator('th').allTextContents()).toEqual(['fc.weight', 'fc.bias']);
    await page.getByText('The same in words').press('Enter');
    const words = await page.locator('#layers ~ details li, #layers ~ * li').allTextContents();
    expect(words).toHaveLength(record.operations.filter(({ pass }) => pass === 'forward').length);
    expect(words[0]).toMatch(/^conv2dBatchNorm conv1: \d+ % zeros; half of the others are below 2/);
  });

  it('is taken again where that is asked for, and tells what the change costs', async () => {
    await page.getByLabel('again after every change').check();
    await page.getByLabel('Norm, add and ReLU').selectOption('apart');
    await page.getByText('steps were timed').waitFor({ state: 'detached' });
    await page.getByText('steps were timed').waitFor();
    const config = configFor('head', 2, 32);
    const apart = recordStep(paperGpu(traits, limits), 'resnet18', 2, config, { fused: false });
    expect((await numbers())['kernels dispatched']).toBe(count(apart.dispatches.length));
    const change = page.locator('.numbers > div', { hasText: 'a whole step' }).locator('small');
    await expect.poll(() => change.textContent()).toMatch(/^[+−][\d.]+ ms$/);
    await page.getByLabel('again after every change').uncheck();
  });

  it('has no barrier that axe finds, wide, narrow and dark, and complains of nothing', async () => {
    await expectNoBarriers(page, 'step');
    expect(site.complaints).toEqual([]);
    expect(site.origins()).toEqual([new URL(site.url).origin]);
  });
});

it('takes at most 250 kB compressed', async () => {
  const contents = await builtSite();
  const text = (path: string) => {
    const content = contents.get(path) ?? '';
    return typeof content === 'string' ? content : new TextDecoder().decode(content);
  };
  const files = [
    ...text('/some/where/explore/step/index.html').matchAll(/(?:src|href)="\.\.\/\.\.\/([^"]+)"/g),
  ];
  expect(files.length).toBeGreaterThan(1);
  const bytes = files.map(([, path = '']) => gzipSync(text(`/some/where/${path}`), { level: 9 }).length);
  expect(bytes.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(250_000);
});
