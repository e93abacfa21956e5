/** Operators that compute nothing: constants, and the same elements under another shape. */
import { input, numberOf, numbersOf, reshaped, sizeOf, type Call, type Operator } from './operator.ts';

/** Axes as an attribute, as they were until opset 12, or as the second input. */
const axesOf = (call: Call): readonly number[] | undefined =>
  numbersOf(call, 'axes') ?? (call.inputs[1] && [...call.inputs[1].values]);

const flatten = reshaped((shape, call) => {
  const axis = numberOf(call, 'axis', 1);
  const first = axis < 0 ? axis + shape.length : axis;
  return [sizeOf(shape.slice(0, first)), sizeOf(shape.slice(first))];
});

const reshape = reshaped((shape, call) => {
  const wanted = [...(numbersOf(call, 'shape') ?? input(call, 1).values)];
  const keepsZeros = numberOf(call, 'allowzero', 0) === 1;
  const sides = wanted.map((side, i) => (side === 0 && !keepsZeros ? (shape[i] ?? 0) : side));
  const known = sizeOf(sides.filter((side) => side !== -1));
  return sides.map((side) => (side === -1 ? sizeOf(shape) / known : side));
});

const squeeze = reshaped((shape, call) => {
  const axes = axesOf(call)?.map((axis) => (axis < 0 ? axis + shape.length : axis));
  return shape.filter((side, i) => (axes ? !axes.includes(i) : side !== 1));
});

const unsqueeze = reshaped((shape, call) => {
  const axes = axesOf(call) ?? [];
  const rank = shape.length + axes.length;
  const ones = axes.map((axis) => (axis < 0 ? axis + rank : axis));
  const given = [...shape];
  return Array.from({ length: rank }, (_, i) => (ones.includes(i) ? 1 : (given.shift() ?? 1)));
});

const constant: Operator = ({ attributes }) => {
  const value = attributes.get('value');
  if (typeof value !== 'object' || !('type' in value)) throw new Error('a constant without a tensor');
  return Promise.resolve([value]);
};

export const shapes: Readonly<Record<string, Operator>> = {
  Constant: constant,
  Flatten: flatten,
  Reshape: reshape,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
};
