/**
 * The check of the adapter before the first training: some browsers' drivers compute wrongly, and a network that is trained on one
 * learns nothing without ever failing. What was right is remembered, for this adapter, browser and version of graft.
 */
import { OpfsFolder } from '../../../src/platform/web/opfs.ts';
import type { OpenedGpu, RunHost } from '../../../src/run/host.ts';

const FOLDER = 'checked';
const FILE = 'adapters.json';
/** Adapters that are remembered: a laptop has two, and each update of the browser is one more. */
const REMEMBERED = 8;

/**
 * Throws `RunError` with the problem `computes-wrong` where the adapter does, an error of the GPU where it fails. `tell` is called
 * before a check, and not where there need be none.
 */
export async function checkAdapter(host: RunHost, tell: (name: string) => void): Promise<void> {
  const opened = await host.openGpu();
  const key = keyOf(opened, host.version);
  const known = await checked();
  if (known.includes(key)) return;
  tell(opened.name);
  const { refuseWrongAdapter } = await import('../../../src/run/doctor/refuse-wrong.ts');
  await refuseWrongAdapter(opened);
  await remember([...known, key].slice(-REMEMBERED));
}

/** What a result holds for: a driver's update changes what the adapter or the browser says of itself, as far as that can be known. */
function keyOf({ gpu, name }: OpenedGpu, version: string): string {
  const info = gpu.device.adapterInfo as GPUAdapterInfo | undefined; // not in every browser
  const { vendor, architecture, device, description } = info ?? {};
  return [name, vendor, architecture, device, description, version, navigator.userAgent].join('|');
}

async function checked(): Promise<readonly string[]> {
  try {
    const bytes = await (await OpfsFolder.find(FOLDER))?.read(FILE);
    const keys: unknown = bytes ? JSON.parse(new TextDecoder().decode(bytes)) : [];
    return Array.isArray(keys) ? keys.filter((key) => typeof key === 'string') : [];
  } catch {
    return []; // no storage, as in some private windows, or half a file: it is checked again
  }
}

async function remember(keys: readonly string[]): Promise<void> {
  try {
    await (await OpfsFolder.make(FOLDER)).write(FILE, new TextEncoder().encode(JSON.stringify(keys)));
  } catch {
    // then it is checked again next time
  }
}
