// What an adapter has that decides how fast it can be, as files of runs keep it.
import { OPTIONAL_FEATURES, RAISED_LIMITS } from '../gpu/device.ts';
import { isSoftware } from '../gpu/index.ts';

/** Matrices that the lanes of a subgroup multiply together: an M × K by a K × N, in one instruction. */
export interface SubgroupMatrix {
  readonly componentType: string;
  readonly resultComponentType: string;
  readonly M: number;
  readonly N: number;
  readonly K: number;
}

export interface AdapterFacts {
  readonly software: boolean;
  /** `Vulkan`, `Metal`, `D3D12`, …; absent where it is not told. */
  readonly backend?: string;
  /** Of those that kernels use, and subgroup matrices, which none uses yet. */
  readonly features: readonly string[];
  /** Lanes of a subgroup, fewest and most. */
  readonly subgroups?: readonly [number, number];
  readonly limits: Readonly<Record<string, number>>;
  /** Absent where there are none or nobody tells. */
  readonly matrices?: readonly SubgroupMatrix[];
}

/** Dawn's name of what is no part of WebGPU yet. */
export const SUBGROUP_MATRIX = 'chromium-experimental-subgroup-matrix';
const FEATURES: readonly string[] = [...OPTIONAL_FEATURES, SUBGROUP_MATRIX];

/** What Dawn says besides: some of it only where it may. */
type Info = Partial<GPUAdapterInfo> & {
  readonly backend?: unknown;
  readonly subgroupMatrixConfigs?: readonly SubgroupMatrix[];
};

/** The facts of an adapter, whether it is Node's, a browser's or one that a test makes up. */
export function adapterFacts(adapter: Pick<GPUAdapter, 'features' | 'limits' | 'info'>): AdapterFacts {
  const info: Info = adapter.info;
  const { backend, subgroupMinSize: least, subgroupMaxSize: most, subgroupMatrixConfigs = [] } = info;
  const matrices = Array.from(subgroupMatrixConfigs, ({ componentType, resultComponentType, M, N, K }) => ({
    ...{ componentType, resultComponentType, M, N, K },
  }));
  return {
    software: isSoftware(info),
    ...(typeof backend === 'string' && backend !== '' && { backend }),
    features: FEATURES.filter((name) => adapter.features.has(name)),
    ...(least && most && { subgroups: [least, most] as const }),
    limits: Object.fromEntries(
      RAISED_LIMITS.filter((name) => name in adapter.limits).map((name) => [name, adapter.limits[name]]),
    ),
    ...(matrices.length > 0 && { matrices }),
  };
}
