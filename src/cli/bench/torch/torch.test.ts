// PyTorch as a peer in the same rounds: a stub that answers as a machine with CUDA would, and the PyTorch of this machine where there is one.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { idOf } from '../../../bench/benchmark.ts';
import { measureGroup, type LostRow } from '../../../bench/measure.ts';
import { stubPython } from '../../../../test/support/stub-python.ts';
import { testGpu } from '../../../../test/support/gpu.ts';
import { openTorch } from './benchmarks.ts';
import { findTorch, TorchProcess } from './process.ts';

const options = { rounds: 2, leastRounds: 2, minMilliseconds: 1, deadline: Infinity };

describe('a machine with CUDA', () => {
  let folder: string;
  const program = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text, { mode: 0o755 });
    return path;
  };
  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'graft-stub-'))));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is found among those without PyTorch', () => {
    const [without, stub] = [program('without', '#!/bin/sh\nexit 1\n'), program('python3', stubPython())];
    expect(findTorch([join(folder, 'none'), without, stub])).toBe(stub);
    expect(findTorch([without])).toBeUndefined();
  });

  it('has a row for each way and step, compiled at few sizes; what has no room is left out', async () => {
    const stub = program('python3', stubPython());
    const sizes = [
      { batch: 1, size: 128 },
      { batch: 8, size: 128 },
    ];
    const { facts, benchmarks } = await openTorch(stub, sizes, { onlyCpu: false });
    expect(facts).toEqual({
      version: '9.9.0',
      kind: 'cuda',
      device: 'Stub 9000',
      runtime: 'CUDA 99.1',
      threads: 4,
    });
    const ways = ['eager', 'eager TF32', 'compile', 'compile TF32'];
    const named = (shape: string, some: readonly string[]) =>
      ['torch.forward', 'torch.train-all'].flatMap((name) => some.map((way) => `${name} ${shape} ${way}`));
    expect(benchmarks.map(idOf)).toEqual([...named('1×128²', ways.slice(0, 2)), ...named('8×128²', ways)]);

    const lost: LostRow[] = [];
    const group = benchmarks.filter(({ group }) => group === 'network 8×128²');
    const rows = await measureGroup(await testGpu(), group, { ...options, onLost: (row) => lost.push(row) });
    // For one of them the stub has no room.
    expect(lost).toContainEqual({ row: 'torch.train-all 8×128² compile TF32', why: 'memory' });
    expect(rows.find(({ asked }) => asked === 'eager')).toMatchObject({
      ...{ operation: 'torch.forward', variant: 'PyTorch eager', wall: [2, 2], firstCall: 50, images: 8 },
    });
    expect(rows).toHaveLength(7);
  });

  it('that answers something else is refused', async () => {
    const noise = program('noise', '#!/bin/sh\necho hello\n');
    await expect(TorchProcess.start(noise, { onlyCpu: false })).rejects.toThrow('PyTorch: it answered hello');
    const end = program('end', '#!/bin/sh\necho broken >&2\nexit 1\n');
    await expect(TorchProcess.start(end, { onlyCpu: false })).rejects.toThrow('its process ended: broken');
    const other = program('other', `#!/bin/sh\necho '{"version": 3}'\nread line\n`);
    await expect(openTorch(other, [], { onlyCpu: false })).rejects.toThrow('does not say what it is');
  });
});

const python = findTorch();
if (python === undefined) console.log('PyTorch as a peer: no python3 here has torch (Debian: python3-torch)');

it.skipIf(python === undefined)(
  'does both steps in the PyTorch of this machine, and says what fails',
  async () => {
    const { process, hello } = await TorchProcess.start(python ?? '', { onlyCpu: true });
    expect(hello).toMatchObject({ facts: { kind: 'cpu', device: '', runtime: '' }, ways: ['eager'] });
    const open = (id: number, task: string, size = 32) =>
      process.ask({ do: 'open', id, task, batch: 2, size, way: 'eager', milliseconds: 1 }, 'first');
    for (const [id, task] of ['forward', 'train'].entries()) {
      expect(await open(id, task)).toBeGreaterThan(0);
      expect(await process.ask({ do: 'sample', id }, 'ms')).toBeGreaterThan(0);
    }
    await expect(open(2, 'train', 0)).rejects.toThrow(/^PyTorch: .+/);
    process.stop();
  },
);
