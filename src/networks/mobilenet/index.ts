/** The family's members for the registry. What they compute with comes late: `ready` loads it. */
import type { NetworkEntry } from '../network-entry.ts';
import { geometries, HEAD, INPUT_SIZE, stateShapes, type Geometry, type MobileNetName } from './geometry.ts';
import { stagesOf } from './stages.ts';

let loaded: typeof import('./code.ts') | undefined;

const codeOf = (name: string): typeof import('./code.ts') => {
  if (!loaded) throw new Error(`The code of ${name} is not there yet: await networks.${name}.ready() first.`);
  return loaded;
};

const entryOf = (name: string, geometry: Geometry): NetworkEntry => ({
  name,
  title: geometry.title,
  stages: stagesOf(geometry),
  head: HEAD,
  inputSize: INPUT_SIZE,
  ready: async () => void (loaded ??= await import('./code.ts')),
  create: (gpu, classes) => new (codeOf(name).MobileNetV3)(gpu, geometry, classes),
  stateShapes: (outputs) => stateShapes(geometry, outputs),
  addNodes: (graph) => codeOf(name).addMobileNet(graph, geometry),
});

/** All MobileNets by torchvision's names. */
export const mobileNets = Object.fromEntries(
  Object.entries(geometries).map(([name, geometry]) => [name, entryOf(name, geometry)]),
) as Readonly<Record<MobileNetName, NetworkEntry>>;
