// npm run gpus:software: measures the reports that need no GPU anew, one after the other, and writes them and their page: lavapipe and SwiftShader in
// Node, and Chromium's SwiftShader. Takes hours in all; --minutes stops each after so many, which leaves a part. Nothing else should run.
import { spawn, spawnSync } from 'node:child_process';
import { Command } from 'commander';
import { packageFile } from '../../src/platform/node/package.ts';
import { openSite } from '../../test/web/site.ts';
import { wholeNumber } from '../../src/cli/options.ts';

const fileOf = (name: string) => packageFile(`bench/reports/${name}.json`);
const INTERRUPTED = 130;

/** Interrupted as by Ctrl-C once its time is up, it keeps what it has. */
const inNode = (adapter: string) => async (milliseconds: number) => {
  const words = ['bench', '--adapter', adapter, '--report', fileOf(`${adapter}-node`)];
  const child = spawn(process.execPath, [packageFile('bin/graft.mjs'), ...words], { stdio: 'inherit' });
  const timer = setTimeout(() => child.kill('SIGINT'), milliseconds);
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  clearTimeout(timer);
  if (code !== 0 && code !== INTERRUPTED) throw new Error(`graft ${words.join(' ')} ended with ${code}.`);
};

/** As a visitor does it, on the built site. */
async function inChromium(milliseconds: number): Promise<void> {
  const { page, url, close } = await openSite();
  try {
    await page.goto(`${url}explore/bench/index.html`);
    const button = (name: string) => page.getByRole('button', { name, exact: true });
    await button('Measure a report').click();
    const done = page.getByText('All is measured.', { exact: true });
    const isDone = await done.waitFor({ timeout: milliseconds }).then(
      () => true,
      () => false,
    );
    if (!isDone) {
      await button('Stop').click();
      await page.getByText('Stopped; what was measured is kept.').waitFor({ timeout: 600_000 });
    }
    const download = page.waitForEvent('download');
    await button('Download JSON').click();
    await (await download).saveAs(fileOf('swiftshader-chromium'));
  } finally {
    await close();
  }
}

const REPORTS: Readonly<Record<string, (milliseconds: number) => Promise<void>>> = {
  lavapipe: inNode('lavapipe'),
  swiftshader: inNode('swiftshader'),
  chromium: inChromium,
};

const command = new Command('npm run gpus:software --')
  .argument('[names...]', `some of ${Object.keys(REPORTS).join(', ')}`)
  .option('--minutes <n>', 'for each at most, roughly', wholeNumber(1, 600), 180);
command.parse();
const { minutes } = command.opts<{ readonly minutes: number }>();
const unknown = command.args.find((name) => !Object.hasOwn(REPORTS, name));
if (unknown !== undefined)
  command.error(`error: "${unknown}" is none of ${Object.keys(REPORTS).join(', ')}.`);
for (const [name, measure] of Object.entries(REPORTS))
  if (command.args.length === 0 || command.args.includes(name)) await measure(minutes * 60_000);
spawnSync('npm', ['run', '-s', 'gpus'], { stdio: 'inherit', cwd: packageFile('.') });
