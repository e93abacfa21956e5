import { expect, it } from 'vitest';
import { adapterFacts, SUBGROUP_MATRIX } from './adapter.ts';

/** An adapter that nobody here has. */
const pretended = (info: object, features: readonly string[], limits: object = {}) =>
  ({ info, features: new Set(features), limits }) as unknown as GPUAdapter;

const matrix = { componentType: 'f16', resultComponentType: 'f32', M: 16, N: 16, K: 16 };

it('says of a graphics card what decides how fast it can be', () => {
  const info = {
    ...{ vendor: 'nvidia', architecture: 'ada-lovelace', device: 'a card', description: 'driver 550' },
    ...{ subgroupMinSize: 32, subgroupMaxSize: 32, isFallbackAdapter: false, backend: 'vulkan' },
    subgroupMatrixConfigs: [{ ...matrix, secret: 1 }],
  };
  const features = ['texture-compression-bc', 'shader-f16', 'subgroups', 'timestamp-query', SUBGROUP_MATRIX];
  expect(adapterFacts(pretended(info, features, { maxBufferSize: 2 ** 31, maxColorAttachments: 8 }))).toEqual(
    {
      ...{ software: false, backend: 'vulkan', subgroups: [32, 32], limits: { maxBufferSize: 2 ** 31 } },
      features: ['shader-f16', 'subgroups', 'timestamp-query', SUBGROUP_MATRIX],
      matrices: [matrix],
    },
  );
});

it('says no more than a browser tells', () => {
  expect(adapterFacts(pretended({ vendor: 'apple' }, []))).toEqual({
    software: false,
    features: [],
    limits: {},
  });
  expect(adapterFacts(pretended({ architecture: 'swiftshader' }, [])).software).toBe(true);
});
