/**
 * The site in a browser that was here before: its adapter was found to compute rightly, and how fast it is was measured. On a software
 * adapter either takes as long as a small run, for tests that are about something else.
 */
import { readFile } from 'node:fs/promises';
import { putFiles } from './projects.ts';
import { openSite, type OpenSite, type SiteOptions } from './site.ts';

/** What the engine keeps below `checked` and `measured`; other keys than its own would make it look again. */
export async function openKnownSite(options: SiteOptions = {}): Promise<OpenSite> {
  const site = await openSite(undefined, options);
  const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(text) as { readonly version: string };
  const { name, key } = await site.page.evaluate(async (version) => {
    const adapter = await navigator.gpu.requestAdapter();
    if (!adapter) throw new Error('The browser has no adapter.');
    const { vendor, architecture, device, description } = adapter.info;
    const name = device || description || [vendor, architecture].filter(Boolean).join(' ');
    const key = [name, vendor, architecture, device, description, version, navigator.userAgent].join('|');
    return { name, key };
  }, version);
  const speed = { forward: 1e10, backward: 1e10, overhead: 0.01 }; // operations per second, and seconds
  await putFiles(site.page, {
    'checked/adapters.json': JSON.stringify([key]),
    'measured/speed.json': JSON.stringify({ adapter: name, version, speed }),
  });
  return site;
}
