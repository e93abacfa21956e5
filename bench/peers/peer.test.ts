import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { afterEach, expect, it, vi } from 'vitest';
import { ENGINES } from './engines.ts';
import { Peer } from './peer.ts';
import { parseWorkload } from './workloads.ts';

afterEach(() => vi.unstubAllEnvs());

it('tells the last words of an engine that ends early', async () => {
  const inputs = join(tmpdir(), 'graft-no-such-inputs.safetensors');
  const start = Peer.start('graft', inputs, parseWorkload('forward:8x64'));
  await expect(start).rejects.toThrow(/^graft ended early\.[^]*ENOENT[^]*graft-no-such-inputs/);
});

it('names the browser that is missing and how to install it', () => {
  vi.stubEnv('CHROME_PATH', '/nowhere/chromium');
  const missing = ENGINES.ort.missing();
  // The package is looked for first, and need not be installed either.
  expect(missing).toMatch(
    /apt-get install chromium; or give its path in \$CHROME_PATH|npm ci --prefix bench\/peers/,
  );
});
