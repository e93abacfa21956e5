/** A ResNet as ONNX nodes, as `torch.onnx.export` would make them of torchvision's. */
import type { OnnxGraph } from '../../weights/index.ts';
import { HEAD, type BlockGeometry, type Geometry } from './geometry.ts';

/** Adds all nodes from `input` to `logits`. */
export function addResNet(graph: OnnxGraph, { stem, pool, stages }: Geometry): void {
  let x = graph.convNorm(stem, 'input');
  x = graph.add('relu', 'Relu', [x]);
  x = graph.maxPool('maxpool', x, pool);
  for (const block of stages.flatMap(({ blocks }) => blocks)) x = addBlock(graph, block, x);
  x = graph.add('avgpool', 'GlobalAveragePool', [x]);
  x = graph.add('flatten', 'Flatten', [x], { axis: 1 });
  graph.linear(HEAD, x, 'logits');
}

function addBlock(graph: OnnxGraph, { name, body, shortcut }: BlockGeometry, x: string): string {
  let hidden = x;
  const relu = (input: string, index: number) =>
    graph.add(`${name}.relu${index === 0 ? '' : `_${index}`}`, 'Relu', [input]);
  body.forEach((one, i) => {
    hidden = graph.convNorm(one, hidden);
    if (i < body.length - 1) hidden = relu(hidden, i);
  });
  const added = shortcut ? graph.convNorm(shortcut, x) : x;
  return relu(graph.add(`${name}.add`, 'Add', [hidden, added]), body.length - 1);
}
