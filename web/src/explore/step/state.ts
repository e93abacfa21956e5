/**
 * The step that the page shows: recorded by the engine, anew with every change, on a device of paper that has this browser's traits. So
 * every number is the engine's own, and no GPU has to work for it.
 */
import { computed, signal } from '@preact/signals';
import { messageOf } from '../../../../src/format.ts';
import { paperGpu } from '../../../../src/gpu/paper.ts';
import { traitsOf, type DeviceTraits } from '../../../../src/gpu/traits.ts';
import { networks, networkNames, type NetworkName } from '../../../../src/networks/index.ts';
import type { Statistics } from '../../../../src/train/loop/freeze.ts';
import { recordStep, type StepRecord } from '../../../../src/train/rehearse/step-record.ts';
import { settingDefaults } from '../../../../src/train/settings/config.ts';

/** What is asked of the step. */
export interface Choice {
  readonly network: NetworkName;
  /** Photos of a batch, and pixels a side. */
  readonly batchSize: number;
  readonly size: number;
  /** The first stage that is trained; those after it are trained, too. */
  readonly firstTrained: number;
  readonly bn: Statistics;
}

export { networkNames };
export const batchSizes = [1, 2, 4, 8, 16, 32, 64] as const;
export const sizes = [32, 64, 96, 128, 160, 224, 256] as const;
const CLASSES = 10;

export const choice = signal<Choice>({
  ...{ network: 'resnet18', batchSize: 32, size: 128, bn: 'running' },
  firstTrained: networks.resnet18.stages.length - 1,
});
/** Of this browser's adapter; where there is none, of a usual GPU. */
export const traits = signal<DeviceTraits>({ software: false, subgroupSize: 32 });
/** The adapter's name, where there is one. */
export const adapter = signal<string | undefined>(undefined);
/** What is looked at: an operation or a temporary of the step, by its index. */
export const seen = signal<{ readonly kind: 'operation' | 'box'; readonly index: number } | undefined>(
  undefined,
);

export const stages = computed(() => networks[choice.value.network].stages);

/** The step, or why there can be none. */
export const step = computed<{ readonly record: StepRecord } | { readonly problem: string }>(() => {
  const { network, batchSize, size, firstTrained, bn } = choice.value;
  const trained = stages.value.slice(firstTrained).map(({ name }) => name);
  const config = {
    ...settingDefaults,
    ...({ batchSize, size, bn, views: 0, augment: 'standard', epochs: 1 } as const),
    tune: firstTrained === 0 ? 'all' : trained.join(','),
  };
  try {
    return { record: recordStep(paperGpu(traits.value), network, CLASSES, config) };
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
}

export const totals = computed<Totals | undefined>(() => {
  if ('problem' in step.value) return undefined;
  const { dispatches, operations, boxes, peakBytes, workspace } = step.value.record;
  return {
    dispatches: dispatches.length,
    nodes: operations.filter(({ pass }) => pass === 'backward').length,
    temporaries: boxes.length,
    peakBytes,
    workspaceBytes: workspace.reduce((sum, bytes) => sum + bytes, 0),
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
  traits.value = traitsOf(found.info, found.features);
}
