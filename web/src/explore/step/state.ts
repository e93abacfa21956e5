/**
 * The step that the page shows: recorded by the engine, anew with every change, on a device of paper that has this browser's traits. So
 * every number is the engine's own, and no GPU has to work for it.
 */
import { computed, effect, signal } from '@preact/signals';
import { messageOf } from '../../../../src/format.ts';
import type { GpuOptions } from '../../../../src/gpu/index.ts';
import { paperGpu } from '../../../../src/gpu/paper.ts';
import { isSoftware, traitsOf, type DeviceTraits } from '../../../../src/gpu/traits.ts';
import { networks, type NetworkEntry, type NetworkName } from '../../../../src/networks/index.ts';
import { recordStep, type StepRecord } from '../../../../src/train/rehearse/step-record.ts';
import type { TrainConfig } from '../../../../src/train/settings/config.ts';
import { chooseStrategy } from '../../../../src/train/settings/strategy.ts';
import { choiceFrom, hashOf } from './address.ts';
import { withoutOf, type Choice } from './choice.ts';

/** Of the drawings that come with the site: animal or food. */
export const CLASSES = 2;

/** What the address asks for, which a link may have brought. */
const asked = choiceFrom(location.hash);
export const choice = signal<Choice>(
  possible({
    ...{ network: 'resnet18', batchSize: 32, size: 128, bn: 'running', withWinograd: true, fused: true },
    ...{ firstTrained: Infinity, ...asked },
  }),
);
addEventListener('hashchange', () => choose(choiceFrom(location.hash)));
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

/** The settings of a run whose first phase takes such steps: rates and optimizer are those that it would choose itself. */
export function configOf({ network, batchSize, size, firstTrained, bn }: Choice): TrainConfig {
  const { stages } = networks[network];
  const trained = stages.slice(firstTrained).map(({ name }) => name);
  const tune = firstTrained === 0 ? 'all' : trained.join(',');
  const given = { batchSize, size, bn, tune, views: 0, augment: 'standard', epochs: 1 } as const;
  const counts = Array<number>(CLASSES).fill(batchSize / CLASSES);
  return chooseStrategy(given, { images: batchSize, classes: CLASSES, counts }, stages).config;
}

/** Why a network's code, which comes late, is not here. */
const missing = signal<Readonly<Partial<Record<NetworkName, string>>>>({});
/** Whether the step waits for its network's code. */
export const isLoading = computed(() => missing.value[choice.value.network]?.startsWith(LOADING) === true);
const LOADING = 'Loading ';

effect(() => load(choice.value.network));

/** Fetches what the network is made of, where it is not here; a later choice tries again what has failed. */
function load(network: NetworkName): void {
  const { title, isReady, ready }: NetworkEntry = networks[network];
  if (isReady()) return;
  const say = (text?: string) => (missing.value = { ...missing.peek(), [network]: text });
  say(`${LOADING}${title} …`);
  ready().then(
    () => say(),
    (error: unknown) => say(`${title} did not load: ${messageOf(error)}. Choose it again.`),
  );
}

/** The step, or why there can be none. */
export const step = computed<{ readonly record: StepRecord } | { readonly problem: string }>(() => {
  const { network, withWinograd, fused } = choice.value;
  const problem = missing.value[network];
  if (problem !== undefined) return { problem };
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
  const next = possible({ ...choice.value, ...change });
  if (hashOf(next) === hashOf(choice.value)) return;
  before.value = totals.value;
  seen.value = undefined;
  choice.value = next;
  history.replaceState(null, '', hashOf(next));
}

/** With a stage that the network has: another one may have fewer. */
function possible(choice: Choice): Choice {
  const last = networks[choice.network].stages.length - 1;
  return { ...choice, firstTrained: Math.min(choice.firstTrained, last) };
}

/** Looks at the browser's adapter, which may take a moment. */
export async function findAdapter(): Promise<void> {
  const gpu = (navigator as Partial<Navigator>).gpu;
  const found = await gpu?.requestAdapter().catch(() => null);
  if (!found) return;
  const { vendor, architecture, device, description } = found.info;
  adapter.value = device || description || [vendor, architecture].filter(Boolean).join(' ') || 'an adapter';
  const { maxStorageBufferBindingSize, maxStorageBuffersPerShaderStage } = found.limits;
  // What a GPU does in a moment takes a CPU minutes: it begins with little.
  if (isSoftware(found.info) && asked.batchSize === undefined && asked.size === undefined)
    choice.value = { ...choice.value, batchSize: 8, size: 64 };
  traits.value = {
    ...traitsOf(found.info, found.features),
    ...{ maxBindingBytes: maxStorageBufferBindingSize, maxStorages: maxStorageBuffersPerShaderStage },
  };
}
