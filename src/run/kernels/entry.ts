/** An entry of the catalogue: an operation with cases to see its kernels at, the same that tests and benchmarks run. */
import type { Gpu, Storage } from '../../gpu/index.ts';

export interface Entry {
  /** `conv2d.forward`; benchmarks use the same name. */
  readonly name: string;
  /** What it computes, in a line. */
  readonly about: string;
  /** Names of cases; the first is shown if none is asked for. */
  readonly cases: readonly string[];
  /** The algorithms that an operation with several has for a case on an adapter; the first is the rule's choice. */
  algorithms?(gpu: Gpu, name: string): readonly string[];
  /** Records the operation at a case; throws `RangeError` if the case or the algorithm does not suit the adapter. */
  record(gpu: Gpu, name: string, algorithm?: string): void;
}

/** Makes storages of so many floats, on the `Gpu` that an entry is recorded on. */
export type Floats = (elements: number) => Storage;

/** An operation that runs the same kernels whatever is asked for: `record` gets one of `cases` by its name. */
export function entry<C extends { readonly name: string }>(
  name: string,
  about: string,
  cases: readonly C[],
  record: (gpu: Gpu, floats: Floats, shape: C) => void,
): Entry {
  const sorted = [...cases].sort((a, b) => rank(a.name) - rank(b.name));
  return {
    name,
    about,
    cases: sorted.map((shape) => shape.name),
    record: (gpu, wanted) => record(gpu, floatsOn(gpu), caseNamed(sorted, wanted)),
  };
}

/** ResNet-18's layers come first, and of those the first stage's: they are what the kernels were made for. */
export const rank = (name: string): number =>
  /^resnet18-(layer1|head|features)/.test(name) ? 0 : name.startsWith('resnet18') ? 1 : 2;

export const floatsOn =
  (gpu: Gpu): Floats =>
  (elements) =>
    gpu.temporary(elements * 4);

/** The case of that name; throws `RangeError` if there is none. */
export function caseNamed<C extends { readonly name: string }>(cases: readonly C[], name: string): C {
  const found = cases.find((shape) => shape.name === name);
  if (!found) throw new RangeError(`There is no case "${name}".`);
  return found;
}

/** The cases with `first` before the others. */
export function byFirst<C extends { readonly name: string }>(
  cases: readonly C[],
  first: string,
): readonly C[] {
  return [...cases].sort((a, b) => Number(b.name === first) - Number(a.name === first));
}
