/** The same photos, settings and seed trained by the terminal and by the page, both on SwiftShader: how accurate each becomes. */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openSite } from '../../test/web/site.ts';

const GRAFT = fileURLToPath(new URL('../../bin/graft.mjs', import.meta.url));

/** Trains on the folder `data` from a file of weights, at `size` pixels, and prints the last epoch's accuracies. */
export async function measureAccuracy(data: string, size: number, weights: string): Promise<void> {
  const run = [resolve(data), size, resolve(weights)] as const;
  const [terminal, tab] = [await inTerminal(...run), await inTab(...run)];
  console.log(`accuracy at ${size} px on ${data}: terminal ${terminal}, tab ${tab}`);
}

async function inTerminal(data: string, size: number, weights: string): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'graft-accuracy-'));
  try {
    const args = ['train', '--data', data, '--name', 'run', '--size', String(size)];
    const child = spawn(process.execPath, [GRAFT, ...args, '--weights', weights], {
      cwd: home,
      env: { ...process.env, GRAFT_ADAPTER: 'swiftshader' },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    await new Promise((done) => child.once('close', done));
    const rows = (await readFile(join(home, 'runs/run/history.jsonl'), 'utf8')).trim().split('\n');
    const last = JSON.parse(rows.at(-1) ?? '{}') as { readonly valid_accuracy?: number };
    return `${((last.valid_accuracy ?? NaN) * 100).toFixed(1)} %`;
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

async function inTab(data: string, size: number, weights: string): Promise<string> {
  const site = await openSite();
  try {
    const { page } = site;
    page.setDefaultTimeout(200_000);
    await page.getByText('Computing on').waitFor();
    await page.getByLabel('Choose a folder').last().setInputFiles(data);
    await page.getByText('photos added').waitFor();
    await page.getByLabel('Choose a file of weights').last().setInputFiles(weights);
    await page.getByText(basename(weights)).first().waitFor({ state: 'attached' });
    await page.getByText('More settings').click();
    await page.getByLabel('Image size').fill(String(size));
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await page.getByRole('heading', { name: 'Result' }).waitFor({ timeout: 0 });
    await page.getByRole('button', { name: 'Train', exact: true }).waitFor({ timeout: 0 });
    return /^[\d.]+ %/.exec(await page.locator('.figures').innerText())?.[0] ?? 'none';
  } finally {
    await site.close();
  }
}
