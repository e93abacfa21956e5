/** All of the family that a page with another network does without: index.ts loads it late. */
import type { Gpu } from '../../gpu/index.ts';
import type { Stages } from '../../nn/index.ts';
import type { OnnxGraph } from '../../weights/index.ts';
import { geometries, stateShapes, type MobileNetName } from './geometry.ts';
import { MobileNetV3 } from './network.ts';
import { addMobileNet } from './onnx.ts';

/** What a registry's entry does for the member. */
export function memberOf(name: MobileNetName, stages: Stages) {
  const geometry = geometries[name];
  return {
    create: (gpu: Gpu, classes: number) => new MobileNetV3(gpu, stages, geometry, classes),
    stateShapes: (outputs: number) => stateShapes(geometry, outputs),
    addNodes: (graph: OnnxGraph) => addMobileNet(graph, geometry),
  };
}
