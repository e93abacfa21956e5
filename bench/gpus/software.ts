// npm run gpus:software: measures the reports that need no GPU anew, one after the other, and writes them and their page: lavapipe and SwiftShader in
// Node, and Chromium's SwiftShader. Give it names (lavapipe, swiftshader, chromium) for some of them. Takes an hour; nothing else should run.
import { spawnSync } from 'node:child_process';
import { packageFile } from '../../src/platform/node/package.ts';
import { openSite } from '../../test/web/site.ts';

const fileOf = (name: string) => packageFile(`bench/reports/${name}.json`);

function graft(...args: readonly string[]): void {
  const { status } = spawnSync(process.execPath, [packageFile('bin/graft.mjs'), ...args], {
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error(`graft ${args.join(' ')} ended with ${status}.`);
}

const inNode = (adapter: string) => () =>
  Promise.resolve(graft('bench', '--adapter', adapter, '--report', fileOf(`${adapter}-node`)));

/** As a visitor does it, on the built site. */
async function inChromium(): Promise<void> {
  const { page, url, close } = await openSite();
  try {
    await page.goto(`${url}explore/bench/index.html`);
    const button = (name: string) => page.getByRole('button', { name, exact: true });
    await button('Measure a report').click();
    await page.getByText('All is measured.', { exact: true }).waitFor({ timeout: 3 * 3600_000 });
    const download = page.waitForEvent('download');
    await button('Download JSON').click();
    await (await download).saveAs(fileOf('swiftshader-chromium'));
  } finally {
    await close();
  }
}

const REPORTS: Readonly<Record<string, () => Promise<void>>> = {
  lavapipe: inNode('lavapipe'),
  swiftshader: inNode('swiftshader'),
  chromium: inChromium,
};

const asked = process.argv.slice(2);
const unknown = asked.find((name) => !(name in REPORTS));
if (unknown !== undefined) throw new Error(`"${unknown}" is none of ${Object.keys(REPORTS).join(', ')}.`);
for (const [name, measure] of Object.entries(REPORTS))
  if (asked.length === 0 || asked.includes(name)) await measure();
spawnSync('npm', ['run', '-s', 'gpus'], { stdio: 'inherit', cwd: packageFile('.') });
