import { expect, it } from 'vitest';
import { activate } from '../../kernels/elementwise/activate.ts';
import { boxesOf } from './boxes.ts';
import { memoryOf } from './demand.ts';
import { paperGpu } from '../paper.ts';

it('tells the same of a recording however often it is asked', () => {
  const gpu = paperGpu({ software: false, subgroupSize: 32 });
  const { scopes } = gpu.rehearseScopes(() => {
    const [x, y, z] = [gpu.persistent(4096, 'x'), gpu.temporary(4096, 'y'), gpu.persistent(4096, 'z')];
    void gpu.scope(() => {
      activate(gpu, 'relu', { x, y }, 1024);
      activate(gpu, 'relu', { x: y, y: z }, 1024);
    });
  });
  const once = memoryOf(gpu, scopes);
  expect(once).toEqual({ persistentBytes: 8192, workspaceBytes: 4096 });
  expect(memoryOf(gpu, scopes)).toEqual(once);
  const boxes = scopes.map((commands) => boxesOf(gpu, commands));
  expect(boxes.at(0)).toMatchObject({ boxes: [{ label: 'y', first: 0, last: 1 }], peakBytes: 4096 });
  expect(scopes.map((commands) => boxesOf(gpu, commands))).toEqual(boxes);
  expect(memoryOf(gpu, scopes)).toEqual(once);
});
