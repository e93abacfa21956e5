/**
 * What the page shows: an operation at some sizes, recorded on a device of paper that has this browser's traits, so that its kernels stand
 * there at once and no GPU has to work; the texts that were changed; and what became of the last run.
 */
import { computed, signal } from '@preact/signals';
import { messageOf } from '../../../../src/format.ts';
import { paperGpu } from '../../../../src/gpu/paper.ts';
import { traitsOf, type DeviceTraits } from '../../../../src/gpu/traits.ts';
import { expandedRun, type ExpandedKernel } from '../../../../src/run/kernels/index.ts';
import type { LabOperation, Sizes } from '../../../../src/run/lab/operation.ts';
import { labOperation, labOperations } from '../../../../src/run/lab/operations/index.ts';
import type { Edits, Trial } from '../../../../src/run/lab/judgement.ts';
import { Workbench } from '../../../../src/run/lab/workbench.ts';

/** An operation's name in two: what it is of, and which part of it. */
export function partsOf(name: string): readonly [family: string, part: string] {
  const [, family = name, part = ''] = /^(ladder\.\w+|[^.]+)\.?(.*)$/.exec(name) ?? [];
  return [family, part];
}

export const families = [...new Set(labOperations.map(({ name }) => partsOf(name)[0]))];
export const partsOfFamily = (family: string): readonly LabOperation[] =>
  labOperations.filter(({ name }) => partsOf(name)[0] === family);

/** Where the page begins: small enough to understand at a glance, and not yet fast. */
const FIRST = 'ladder.matmul.1-naive';

/** Which operation and how large; the algorithm is the rule's where none is chosen. */
export const trial = signal<Trial>(firstOf(FIRST));
/** The kernel that is looked at, by its name: the operation's first where there is none of this name. */
export const chosenKernel = signal<string | undefined>(undefined);
/** Changed texts, by operation, algorithm and kernel, so that one finds them again. */
const texts = signal<ReadonlyMap<string, string>>(new Map());

/** Of this browser's adapter; where there is none, of a usual GPU. */
export const adapter = signal<
  | {
      readonly name: string;
      readonly traits: DeviceTraits;
      readonly maxStorages: number;
      readonly maxBindingBytes: number;
    }
  | undefined
>(undefined);
/** Whether it is known by now if there is one. */
export const isAdapterKnown = signal(false);

const paper = computed(() => {
  const { value } = adapter;
  if (!value) return paperGpu({ software: false, subgroupSize: 32 });
  const { traits, maxStorages, maxBindingBytes } = value;
  return paperGpu(traits, { maxStorages, maxBindingBytes });
});

export const operation = computed(() => labOperation(trial.value.operation));

/** The kernels that run, or why there are none. */
export const bench = computed<{ readonly bench: Workbench } | { readonly problem: string }>(() => {
  try {
    return { bench: new Workbench(paper.value, trial.value) };
  } catch (error) {
    return { problem: messageOf(error) };
  }
});

/** What could compute it at these sizes, the rule's choice first. */
export const algorithms = computed<readonly string[]>(() => {
  try {
    return operation.value.algorithms(paper.value, trial.value.sizes);
  } catch {
    return []; // sizes that do not go together, which `bench` tells of
  }
});

export const kernels = computed<readonly ExpandedKernel[]>(() =>
  'bench' in bench.value ? bench.value.bench.runs.map(expandedRun) : [],
);
export const kernel = computed(
  () => kernels.value.find(({ name }) => name === chosenKernel.value) ?? kernels.value[0],
);

const keyOf = (name: string): string => {
  const { operation, algorithm } = trial.value;
  return JSON.stringify([operation, algorithm ?? algorithms.value[0], name]);
};

/** The text of a kernel as it stands in the editor. */
export const textOf = ({ name, wgsl }: ExpandedKernel): string => texts.value.get(keyOf(name)) ?? wgsl;
export const isEdited = ({ name }: ExpandedKernel): boolean => texts.value.has(keyOf(name));

/** The kernels of this operation whose text is changed. */
export const edits = computed<Edits>(() =>
  Object.fromEntries(kernels.value.filter(isEdited).map((one) => [one.name, textOf(one)])),
);

/** Keeps a text; the original's own is no edit. */
export function edit({ name, wgsl }: ExpandedKernel, text: string): void {
  const next = new Map(texts.value);
  if (text === wgsl) next.delete(keyOf(name));
  else next.set(keyOf(name), text);
  texts.value = next;
}

function firstOf(name: string): Trial {
  const [first] = labOperation(name).cases;
  return { operation: name, sizes: first?.sizes ?? {} };
}

/** Another operation: at the sizes of the one before where it has the same ones. */
export function chooseOperation(name: string): void {
  const { fields, cases } = labOperation(name);
  const { sizes } = trial.value;
  const isAlike = fields.length === Object.keys(sizes).length && fields.every((one) => one.name in sizes);
  trial.value = { operation: name, sizes: isAlike ? sizes : (cases[0]?.sizes ?? {}) };
}

export const chooseFamily = (family: string): void => {
  const [first] = partsOfFamily(family);
  if (first) chooseOperation(first.name);
};

/** Other sizes; an algorithm that does not suit them gives way to the rule's. */
export function chooseSizes(sizes: Sizes): void {
  trial.value = { ...trial.value, sizes };
  const { algorithm } = trial.value;
  if (algorithm !== undefined && !algorithms.value.includes(algorithm)) chooseAlgorithm(undefined);
}

export const chooseAlgorithm = (algorithm: string | undefined): void => {
  trial.value = { ...trial.value, algorithm };
};

/** The name of the case that has these sizes. */
export const caseName = computed(
  () =>
    operation.value.cases.find(({ sizes }) =>
      Object.entries(sizes).every(([name, size]) => trial.value.sizes[name] === size),
    )?.name,
);

/** Opens what a link asks for, as far as there is such a thing. */
export function openTrial(asked: Trial, change?: { readonly kernel: string; readonly text: string }): void {
  if (!labOperations.some(({ name }) => name === asked.operation)) return;
  const { sizes } = firstOf(asked.operation);
  const known = Object.keys(sizes).map((name) => [name, asked.sizes[name] ?? sizes[name] ?? 1] as const);
  trial.value = { ...asked, sizes: Object.fromEntries(known) };
  if (asked.algorithm !== undefined && !algorithms.value.includes(asked.algorithm))
    chooseAlgorithm(undefined);
  const target = kernels.value.find(({ name }) => name === change?.kernel);
  if (!target || !change) return;
  chosenKernel.value = target.name;
  edit(target, change.text);
}

/** Looks at the browser's adapter, which may take a moment. */
export async function findAdapter(): Promise<void> {
  const gpu = (navigator as Partial<Navigator>).gpu;
  const found = await gpu?.requestAdapter().catch(() => null);
  if (found) {
    const { vendor, architecture, device, description } = found.info;
    const { maxStorageBuffersPerShaderStage, maxStorageBufferBindingSize } = found.limits;
    adapter.value = {
      name: device || description || [vendor, architecture].filter(Boolean).join(' ') || 'an adapter',
      traits: traitsOf(found.info, found.features),
      maxStorages: maxStorageBuffersPerShaderStage,
      maxBindingBytes: maxStorageBufferBindingSize,
    };
  }
  isAdapterKnown.value = true;
}
