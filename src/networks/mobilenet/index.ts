/** The family's members for the registry: what is said of them. What they are made of comes late, when `ready` is called. */
import type { Stages } from '../../nn/index.ts';
import { notReady, type NetworkEntry } from '../network-entry.ts';
import type { memberOf } from './code.ts';
import type { MobileNetName } from './geometry.ts';
import { HEAD, INPUT_SIZE, stagesTo } from './stages.ts';

function entryOf(name: MobileNetName, size: string, stages: Stages): NetworkEntry {
  let member: ReturnType<typeof memberOf> | undefined;
  const loaded = () => {
    if (!member) throw notReady(name);
    return member;
  };
  return {
    name,
    title: `MobileNetV3-${size}`,
    stages,
    head: HEAD,
    inputSize: INPUT_SIZE,
    marks: /(^|\.)features\.\d+\.block\.\d/,
    isReady: () => member !== undefined,
    ready: async () => void (member ??= (await import('./code.ts')).memberOf(name, stages)),
    create: (gpu, classes) => loaded().create(gpu, classes),
    stateShapes: (outputs) => loaded().stateShapes(outputs),
    addNodes: (graph) => loaded().addNodes(graph),
  };
}

/** All MobileNets by torchvision's names. */
export const mobileNets: Readonly<Record<MobileNetName, NetworkEntry>> = {
  mobilenet_v3_small: entryOf('mobilenet_v3_small', 'Small', stagesTo(1, 2, 4, 9, 13)),
  mobilenet_v3_large: entryOf('mobilenet_v3_large', 'Large', stagesTo(2, 4, 7, 13, 17)),
};
