/** The networks that graft has, and which of them a weights file holds, as told by the names in it. */
import { resnet18, resnet34 } from '../nn/index.ts';
import { WeightsError, type StateDict } from '../weights/index.ts';

/** Constructors by torchvision's names. */
export const architectures = { resnet18, resnet34 };
export type Architecture = keyof typeof architectures;

export const isArchitecture = (name: string | undefined): name is Architecture =>
  name !== undefined && Object.hasOwn(architectures, name);

/** Told by the number of blocks in the third stage: 2 or 6. Throws `WeightsError` where there is none. */
export function detectArchitecture(tensors: StateDict, source: string): Architecture {
  const names = [...tensors.keys()];
  const fail = (problem: string, remedy: string) => new WeightsError(source, problem, remedy);
  const give = "Give ResNet-18 or ResNet-34 weights with torchvision's names";
  if (names.some((name) => name.startsWith('module.layer'))) {
    throw fail(
      'its names begin with "module.", as DataParallel saves them',
      'Save model.module.state_dict() instead',
    );
  }
  if (names.some((name) => /^layer\d\.\d+\.conv3\./.test(name)))
    throw fail('it is a ResNet of bottleneck blocks (ResNet-50 or larger)', give);
  const blocks = new Set(names.flatMap((name) => /^layer3\.(\d+)\./.exec(name)?.[1] ?? []));
  if (blocks.size === 0) {
    const shown = names.slice(0, 3).map((name) => JSON.stringify(name.slice(0, 60)));
    throw fail(`it is no ResNet: its tensors are ${shown.join(', ') || 'none'}, …`, give);
  }
  return blocks.size > 2 ? 'resnet34' : 'resnet18';
}
