// Makes Dawn print the SPIR-V of kernels. It is a program of its own since Dawn prints straight to the process's stdout,
// which only a parent can read; spirv.ts is that parent.
//
//   node --import tsx dump-spirv.ts KERNELS.json
import { readFileSync } from 'node:fs';
import { create, globals } from 'webgpu';
import { exitCleanly } from '../../src/platform/node/index.ts';
import type { Source } from './spirv.ts';

const [file = ''] = process.argv.slice(2);
const sources = JSON.parse(readFileSync(file, 'utf8')) as Source[];
Object.assign(globalThis, globals);
const gpu = create(['enable-dawn-features=allow_unsafe_apis,dump_shaders,disable_symbol_renaming']);
const adapter = await gpu.requestAdapter();
if (!adapter) throw new Error('Dawn found no adapter.');
const { limits } = adapter;
const device = await adapter.requestDevice({
  requiredFeatures: (['shader-f16', 'subgroups'] as const).filter((feature) => adapter.features.has(feature)),
  requiredLimits: {
    maxComputeWorkgroupStorageSize: limits.maxComputeWorkgroupStorageSize,
    maxComputeInvocationsPerWorkgroup: limits.maxComputeInvocationsPerWorkgroup,
    maxComputeWorkgroupSizeX: limits.maxComputeWorkgroupSizeX,
    maxStorageBuffersPerShaderStage: limits.maxStorageBuffersPerShaderStage,
  },
});
// One after the other, so that the dumps come in the order of the kernels.
for (const { name, code, entryPoint } of sources) {
  const module = device.createShaderModule({ code });
  await device
    .createComputePipelineAsync({ layout: 'auto', compute: { module, entryPoint } })
    .catch((error: unknown) => {
      throw new Error(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    });
}
await exitCleanly(0);
