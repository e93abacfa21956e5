import { execFile } from 'node:child_process';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { OPTIONAL_FEATURES, RAISED_LIMITS } from '../../gpu/device.ts';
import { AdapterError, openAdapter, requestDevice, waiterFor } from './index.ts';
import { hasSwiftShader } from './swiftshader.ts';

const fallback = hasSwiftShader();
if (!fallback)
  console.log('skipped in part: there is no packaged SwiftShader for this machine to fall back to');

afterEach(() => vi.unstubAllEnvs());

describe('openAdapter', () => {
  it('opens an adapter with no set-up, and a device with all that the adapter has', async () => {
    const { adapter, choice } = await openAdapter({ want: '' });
    expect(choice.software).toBe(choice.kind !== 'gpu');
    const offered = OPTIONAL_FEATURES.filter((feature) => adapter.features.has(feature));
    const limits = RAISED_LIMITS.map((limit) => adapter.limits[limit]);

    const device = await requestDevice(adapter);
    expect(OPTIONAL_FEATURES.filter((feature) => device.features.has(feature))).toEqual(offered);
    expect(RAISED_LIMITS.map((limit) => device.limits[limit])).toEqual(limits);

    const buffer = device.createBuffer({
      size: 16,
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    });
    device.queue.writeBuffer(buffer, 0, Float32Array.of(1, 2, 3, 4));
    await waiterFor(choice)(buffer.mapAsync(GPUMapMode.READ));
    expect([...new Float32Array(buffer.getMappedRange())]).toEqual([1, 2, 3, 4]);
    device.destroy();
  });

  it('lists what there is when the adapter asked for is not there', async () => {
    vi.stubEnv('GRAFT_ADAPTER', 'Voodoo 2');
    const error: unknown = await openAdapter().catch((e: unknown) => e);
    expect(error).toBeInstanceOf(AdapterError);
    expect(String(error)).toContain("GRAFT_ADAPTER=Voodoo 2 matches none of this machine's adapters.\nThere");
    if (fallback) expect(String(error)).toContain('SwiftShader Device (Subzero) (from npm)');
  });

  it.skipIf(!fallback)('falls back to SwiftShader from npm where Vulkan has no driver', async () => {
    vi.stubEnv('VK_DRIVER_FILES', '/nonexistent.json');
    vi.stubEnv('VK_ICD_FILENAMES', '/nonexistent.json');
    const { adapter, choice } = await openAdapter({ want: '' });
    expect(choice).toMatchObject({ kind: 'swiftshader', software: true, source: 'npm' });
    expect(process.env['VK_DRIVER_FILES']).toBe('/nonexistent.json');
    const device = await requestDevice(adapter);
    device.destroy();
  });

  it.skipIf(!fallback).each(['swiftshader', 'SubZero'])('takes the adapter that %s names', async (want) => {
    const { adapter, choice } = await openAdapter({ want });
    expect(choice.kind).toBe('swiftshader');
    expect(choice.reason).toContain(want);
    expect(adapter.info.architecture).toBe('swiftshader');
  });
});

describe('exitCleanly', () => {
  it('ends a process that holds a device with work pending, its output complete and with its code', async () => {
    const program = `
      const { exitCleanly, openAdapter, requestDevice } = await import(${JSON.stringify(new URL('./index.ts', import.meta.url).href)});
      const device = await requestDevice((await openAdapter()).adapter);
      void device.queue.onSubmittedWorkDone();
      console.log('x'.repeat(1 << 20));
      await exitCleanly(3);`;
    const { code, length } = await new Promise<{ code: unknown; length: number }>((resolve) =>
      execFile(
        process.execPath,
        ['--import', 'tsx', '--input-type=module', '-e', program],
        { maxBuffer: 1 << 22 },
        (error, stdout) => resolve({ code: error?.code, length: stdout.length }),
      ),
    );
    expect({ code, length }).toEqual({ code: 3, length: (1 << 20) + 1 });
  });
});
