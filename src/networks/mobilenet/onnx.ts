/** A MobileNet as ONNX nodes, as `torch.onnx.export` would make them of torchvision's. */
import type { OnnxGraph } from '../../weights/index.ts';
import {
  EPSILON,
  HEAD,
  HIDDEN,
  isSqueeze,
  type BlockGeometry,
  type ConvNormGeometry,
  type Geometry,
  type SqueezeGeometry,
} from './geometry.ts';

/** Adds all nodes from `input` to `logits`; dropout, which does nothing where nothing is trained, is none of them. */
export function addMobileNet(graph: OnnxGraph, { stem, blocks, last }: Geometry): void {
  let x = addConvNorm(graph, stem, 'input');
  for (const block of blocks) x = addBlock(graph, block, x);
  x = addConvNorm(graph, last, x);
  x = graph.add('avgpool', 'GlobalAveragePool', [x]);
  x = graph.add('flatten', 'Flatten', [x], { axis: 1 });
  x = graph.linear(HIDDEN, x);
  x = graph.add('classifier.1', 'HardSwish', [x]);
  graph.linear(HEAD, x, 'logits');
}

function addConvNorm(graph: OnnxGraph, geometry: ConvNormGeometry, x: string): string {
  const { name, activation } = geometry;
  const y = graph.convNorm({ ...geometry, epsilon: EPSILON }, x);
  if (!activation) return y;
  return graph.add(name.replace(/0$/, '2'), activation === 'relu' ? 'Relu' : 'HardSwish', [y]);
}

function addBlock(graph: OnnxGraph, { name, parts, isResidual }: BlockGeometry, x: string): string {
  const y = parts.reduce(
    (hidden, part) => (isSqueeze(part) ? addSqueeze(graph, part, hidden) : addConvNorm(graph, part, hidden)),
    x,
  );
  return isResidual ? graph.add(`${name}.add`, 'Add', [y, x]) : y;
}

function addSqueeze(graph: OnnxGraph, { name }: SqueezeGeometry, x: string): string {
  let share = graph.add(`${name}.avgpool`, 'GlobalAveragePool', [x]);
  share = graph.add(`${name}.activation`, 'Relu', [graph.pointwise(`${name}.fc1`, share)]);
  share = graph.pointwise(`${name}.fc2`, share);
  share = graph.add(`${name}.scale_activation`, 'HardSigmoid', [share], { alpha: { float: 1 / 6 } });
  return graph.add(`${name}.mul`, 'Mul', [share, x]);
}
