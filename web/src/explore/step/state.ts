/**
 * The step that the page shows: recorded by the engine, anew with every change, on a device of paper that has this browser's traits. So
 * every number is the engine's own, and no GPU has to work for it.
 */
import { computed, signal } from '@preact/signals';
import { messageOf } from '../../../../src/format.ts';
import type { GpuOptions } from '../../../../src/gpu/index.ts';
import { paperGpu } from '../../../../src/gpu/paper.ts';
import { traitsOf, type DeviceTraits } from '../../../../src/gpu/traits.ts';
import { networks, networkNames, type NetworkName } from '../../../../src/networks/index.ts';
import type { Statistics } from '../../../../src/train/loop/freeze.ts';
import { recordStep, type StepRecord } from '../../../../src/train/rehearse/step-record.ts';
import type { TrainConfig } from '../../../../src/train/settings/config.ts';
import { chooseStrategy } from '../../../../src/train/settings/strategy.ts';

/** What is asked of the step. */
export interface Choice {
  readonly network: NetworkName;
  /** Photos of a batch, and pixels a side. */
  readonly batchSize: number;
  readonly size: number;
  /** The first stage that is trained; those after it are trained, too. */
  readonly firstTrained: number;
  readonly bn: Statistics;
  /** Whether convolutions may be computed by Winograd's algorithm. */
  readonly withWinograd: boolean;
  /** Whether running statistics are applied within the convolution's kernel. */
  readonly fused: boolean;
}

export { networkNames };
export const batchSizes = [1, 2, 4, 8, 16, 32, 64] as const;
export const sizes = [32, 64, 96, 128, 160, 224, 256] as const;
/** Of the drawings that come with the site: animal or food. */
export const CLASSES = 2;

export const choice = signal<Choice>({
  ...{ network: 'resnet18', batchSize: 32, size: 128, bn: 'running', withWinograd: true, fused: true },
  firstTrained: networks.resnet18.stages.length - 1,
});
/** Of this browser's adapter; where there is none, of a usual GPU. */
export const traits = signal<DeviceTraits & PaperLimits>({ software: false, subgroupSize: 32 });
type PaperLimits = Pick<GpuOptions, 'maxBindingBytes' | 'maxStorages'>;
/** The adapter's name, where there is one. */
export const adapter = signal<string | undefined>(undefined);
/** What is looked at: an operation or a temporary of the step, by its index. */
export const seen = signal<{ readonly kind: 'operation' | 'box'; readonly index: number } | undefined>(
  undefined,
);

export const stages = computed(() => networks[choice.value.network].stages);

/** The families of algorithms that the engine is to do without. */
export const withoutOf = (withWinograd: boolean): readonly string[] => (withWinograd ? [] : ['winograd']);

/** The settings of a run whose first phase takes such steps: rates and optimizer are those that it would choose itself. */
export function configOf({ network, batchSize, size, firstTrained, bn }: Choice): TrainConfig {
  const { stages } = networks[network];
  const trained = stages.slice(firstTrained).map(({ name }) => name);
  const tune = firstTrained === 0 ? 'all' : trained.join(',');
  const given = { batchSize, size, bn, tune, views: 0, augment: 'standard', epochs: 1 } as const;
  const counts = Array<number>(CLASSES).fill(batchSize / CLASSES);
  return chooseStrategy(given, { images: batchSize, classes: CLASSES, counts }, stages).config;
}

/** The step, or why there can be none. */
export const step = computed<{ readonly record: StepRecord } | { readonly problem: string }>(() => {
  const { network, withWinograd, fused } = choice.value;
  const { maxBindingBytes, maxStorages } = traits.value;
  const gpu = paperGpu(traits.value, {
    ...(maxBindingBytes !== undefined && { maxBindingBytes }),
    ...(maxStorages !== undefined && { maxStorages }),
    without: withoutOf(withWinograd),
  });
  try {
    return { record: recordStep(gpu, network, CLASSES, configOf(choice.value), { fused }) };
  } catch (error) {
    return { problem: messageOf(error) };
  }
});

/** The numbers of a step that a change moves. */
export interface Totals {
  readonly dispatches: number;
  readonly nodes: number;
  readonly temporaries: number;
  readonly peakBytes: number;
  readonly workspaceBytes: number;
  readonly persistentBytes: number;
}

export const totals = computed<Totals | undefined>(() => {
  if ('problem' in step.value) return undefined;
  const { dispatches, operations, boxes, peakBytes, workspace, persistentBytes } = step.value.record;
  return {
    dispatches: dispatches.length,
    nodes: operations.filter(({ pass }) => pass === 'backward').length,
    temporaries: boxes.length,
    peakBytes,
    workspaceBytes: workspace.reduce((sum, bytes) => sum + bytes, 0),
    persistentBytes,
  };
});
/** Those before the last change. */
export const before = signal<Totals | undefined>(undefined);

/** Changes what is asked, and remembers what there was. */
export function choose(change: Partial<Choice>): void {
  const next = { ...choice.value, ...change };
  const last = networks[next.network].stages.length - 1;
  before.value = totals.value;
  seen.value = undefined;
  choice.value = { ...next, firstTrained: Math.min(next.firstTrained, last) };
}

/** Looks at the browser's adapter, which may take a moment. */
export async function findAdapter(): Promise<void> {
  const gpu = (navigator as Partial<Navigator>).gpu;
  const found = await gpu?.requestAdapter().catch(() => null);
  if (!found) return;
  const { vendor, architecture, device, description } = found.info;
  adapter.value = device || description || [vendor, architecture].filter(Boolean).join(' ') || 'an adapter';
  const { maxStorageBufferBindingSize, maxStorageBuffersPerShaderStage } = found.limits;
  traits.value = {
    ...traitsOf(found.info, found.features),
    ...{ maxBindingBytes: maxStorageBufferBindingSize, maxStorages: maxStorageBuffersPerShaderStage },
  };
}
