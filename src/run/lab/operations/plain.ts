/** An operation that is computed one way only, and does about as much for each element of its largest tensor. */
import { bytesMoved, elementsOf, type LabOperation, type Sizes } from '../operation.ts';

type Plain = Omit<LabOperation, 'algorithms' | 'work' | 'tolerance'> & {
  /** Floating-point operations an element of the largest tensor. */
  readonly flops: number;
  readonly tolerance: number;
};

export function operation({ flops, tolerance, ...plain }: Plain): LabOperation {
  return {
    ...plain,
    algorithms: () => [],
    tolerance: () => tolerance,
    work(sizes: Sizes) {
      const tensors = plain.tensors(sizes);
      const shapes = [
        ...Object.values(tensors.inputs).map(({ shape }) => shape),
        ...Object.values(tensors.outputs),
      ];
      return { flops: flops * Math.max(...shapes.map(elementsOf)), bytes: bytesMoved(tensors) };
    },
  };
}
