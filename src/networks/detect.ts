/** Which network a weights file holds: the one whose names and shapes it has most of. */
import { isInStage } from '../nn/index.ts';
import { isBatchCount, WeightsError, type StateDict } from '../weights/index.ts';
import type { NetworkEntry } from './network-entry.ts';
import { networkNames, networks, type NetworkName } from './registry.ts';

/**
 * The network that the file is most like, its head apart. Whether all of it is there, and as large as it must be, is for
 * `matchStateDict` to say. Throws `WeightsError` if the file has nothing of any network but a stem at most.
 */
export function detectNetwork(tensors: StateDict, source: string): NetworkName {
  const best = mostAlike(tensors);
  if (best) return best;
  const names = [...tensors.keys()];
  const fail = (problem: string, remedy: string) => new WeightsError(source, problem, remedy);
  const unwrapped = new Map([...tensors].map(([name, tensor]) => [name.replace(/^module\./, ''), tensor]));
  if (mostAlike(unwrapped))
    throw fail(
      'its names begin with "module.", as DataParallel saves them',
      'Save model.module.state_dict() instead',
    );
  const shown = names.slice(0, 3).map((name) => JSON.stringify(name.slice(0, 60)));
  const titles = networkNames.map((name) => networks[name].title).join(', ');
  throw fail(
    `it is not a network that graft has: its tensors are ${shown.join(', ') || 'none'}, …`,
    `Give weights of ${titles.replace(/, (?=[^,]*$)/, ' or ')} with torchvision's names`,
  );
}

/** How many logits the file's head has: ImageNet's thousand where there is none, whose absence is then told. */
export const outputsIn = (tensors: StateDict, { head }: NetworkEntry): number =>
  tensors.get(`${head}.bias`)?.shape[0] ?? 1000;

function mostAlike(tensors: StateDict): NetworkName | undefined {
  const [best] = networkNames
    .map((name) => ({ name, ...likeness(networks[name], tensors) }))
    .filter(({ inner }) => inner > 0)
    .sort((a, b) => b.names - a.names || b.shapes - a.shapes);
  return best?.name;
}

/** How much of a network's trunk a file has. */
interface Likeness {
  /** Names of stages behind the first, since many networks begin with a `conv1`. */
  readonly inner: number;
  /** Names that are there less those that are not. */
  readonly names: number;
  readonly shapes: number;
}

function likeness({ stages, head, stateShapes }: NetworkEntry, tensors: StateDict): Likeness {
  const [stem] = stages;
  const count = { inner: 0, names: 0, shapes: 0 };
  for (const [name, shape] of stateShapes(1)) {
    if (name.startsWith(`${head}.`) || isBatchCount(name)) continue;
    const tensor = tensors.get(name);
    count.names += tensor ? 1 : -1;
    if (tensor && !isInStage(name, stem)) count.inner += 1;
    if (tensor?.shape.join() === shape.join()) count.shapes += 1;
  }
  return count;
}
