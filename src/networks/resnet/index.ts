/** The family's members for the registry. */
import { notReady, type NetworkEntry } from '../network-entry.ts';
import { geometries, HEAD, INPUT_SIZE, stateShapes, type Geometry, type ResNetName } from './geometry.ts';
import { ResNet, resnetStages } from './network.ts';
import type { addResNet } from './onnx.ts';

let onnx: { readonly addResNet: typeof addResNet } | undefined;

const entryOf = (name: string, geometry: Geometry): NetworkEntry => ({
  name,
  title: geometry.title,
  stages: resnetStages,
  head: HEAD,
  spellings: async () => (await import('./spellings.ts')).spellingsOf(geometry),
  inputSize: INPUT_SIZE,
  isReady: () => true,
  ready: async () => void (onnx ??= await import('./onnx.ts')),
  create: (gpu, classes) => new ResNet(gpu, geometry, classes),
  stateShapes: (outputs) => stateShapes(geometry, outputs),
  addNodes(graph) {
    if (!onnx) throw notReady(name);
    onnx.addResNet(graph, geometry);
  },
});

/** All ResNets by torchvision's names. */
export const resnets = Object.fromEntries(
  Object.entries(geometries).map(([name, geometry]) => [name, entryOf(name, geometry)]),
) as Readonly<Record<ResNetName, NetworkEntry>>;
