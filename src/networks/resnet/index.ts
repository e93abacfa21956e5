/** The family's members for the registry. */
import type { NetworkEntry } from '../network-entry.ts';
import { geometries, HEAD, INPUT_SIZE, stateShapes, type Geometry, type ResNetName } from './geometry.ts';
import { ResNet, resnetStages } from './network.ts';
import { addResNet } from './onnx.ts';
import { spellingsOf } from './spellings.ts';

const entryOf = (name: string, geometry: Geometry): NetworkEntry => ({
  name,
  title: geometry.title,
  stages: resnetStages,
  head: HEAD,
  spellings: spellingsOf(geometry),
  inputSize: INPUT_SIZE,
  ready: () => Promise.resolve(),
  create: (gpu, classes) => new ResNet(gpu, geometry, classes),
  stateShapes: (outputs) => stateShapes(geometry, outputs),
  addNodes: (graph) => addResNet(graph, geometry),
});

/** All ResNets by torchvision's names. */
export const resnets = Object.fromEntries(
  Object.entries(geometries).map(([name, geometry]) => [name, entryOf(name, geometry)]),
) as Readonly<Record<ResNetName, NetworkEntry>>;
