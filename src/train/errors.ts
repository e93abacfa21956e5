/**
 * What can go wrong with a run although its files are sound. The message says what to change.
 *
 * ```ts
 * const model = resnet18(gpu, 2);
 * const problem = () => {
 *   try {
 *     return freeze(model, 'layer9', 'running') && 'none';
 *   } catch (error) {
 *     return error instanceof TrainingError ? 'TrainingError' : 'another';
 *   }
 * };
 * problem(); // → 'TrainingError'
 * ```
 */
export class TrainingError extends Error {
  override readonly name = 'TrainingError';

  /** `problem` names what faces have a remedy of their own for: numbers that 16-bit floats cannot hold. */
  constructor(
    message: string,
    readonly problem?: 'half-overflow',
  ) {
    super(message);
  }
}
