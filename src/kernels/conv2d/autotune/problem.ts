/**
 * A convolution's pass with all that decides how fast it is, under a name that people and autotune files use.
 */
import type { PassName } from '../pass.ts';
import { checkConv2dShape, type Conv2dShape } from '../shape.ts';
import type { Epilogue } from '../wgsl/epilogue.wgsl.ts';

export interface Conv2dProblem {
  readonly pass: PassName;
  readonly shape: Conv2dShape;
  /** `none` for the gradients. */
  readonly epilogue: Epilogue;
}

/** `conv2d.forward 32×128×128×3 → 64, 7×7, stride 2, padding 3, norm`: x's shape, channels out, kernel; `, f16` after it all. */
export function problemName({ pass, shape, epilogue }: Conv2dProblem): string {
  const { n, h, w, c, k, r, s, stride, padding, dtype } = shape;
  const after = `${epilogue === 'none' ? '' : `, ${epilogue}`}${dtype === 'f16' ? ', f16' : ''}`;
  return `conv2d.${pass} ${n}×${h}×${w}×${c} → ${k}, ${r}×${s}, stride ${stride}, padding ${padding}${after}`;
}

const NAME =
  /^conv2d\.(forward|backwardData|backwardWeight) (\d+)×(\d+)×(\d+)×(\d+) → (\d+), (\d+)×(\d+), stride (\d+), padding (\d+)(?:, (norm|norm \+ residual))?$/;

/** The problem in f32 that `problemName` names so; undefined for other texts. Throws `RangeError` for sizes that fit no convolution. */
export function parseProblem(name: string): Conv2dProblem | undefined {
  const match = NAME.exec(name);
  if (!match) return undefined;
  const [n = 0, h = 0, w = 0, c = 0, k = 0, r = 0, s = 0, stride = 0, padding = 0] = match
    .slice(2, 11)
    .map(Number);
  const shape = { n, h, w, c, k, r, s, stride, padding };
  checkConv2dShape(shape);
  return { pass: match[1] as PassName, shape, epilogue: (match[11] ?? 'none') as Epilogue }; // as the pattern has them
}
