/** ONNX's operators that the engine computes, or is held against: every case that consists of these is run. */
import { axes } from './axes.ts';
import { elementwise } from './elementwise.ts';
import { images } from './images.ts';
import { losses } from './losses.ts';
import { matrices } from './matrices.ts';
import type { Operator } from './operator.ts';
import { optimizers } from './optimizers.ts';
import { shapes } from './shapes.ts';

export const operators: Readonly<Record<string, Operator>> = {
  ...axes,
  ...elementwise,
  ...images,
  ...losses,
  ...matrices,
  ...optimizers,
  ...shapes,
};
