// The two errors that people meet when their photos are at fault. An `ImageError` concerns the bytes of
// one image and carries only the reason, since the decoder knows no path; a `DataError` concerns the
// folder and names the path itself.

/**
 * One image cannot be decoded; the message is a reason that reads well after its path ("is truncated: …").
 *
 * ```ts
 * const reasonOf = (bytes: Uint8Array) => {
 *   try {
 *     return decodeImage(bytes) && 'none';
 *   } catch (error) {
 *     return error instanceof ImageError ? error.message : 'another';
 *   }
 * };
 * reasonOf(new Uint8Array()); // → 'is empty (0 bytes)'
 * ```
 */
export class ImageError extends Error {
  override readonly name = 'ImageError';
}

/**
 * A data set cannot be used; the message names the folder and says what to do.
 *
 * ```ts
 * const tell = (error: unknown) => (error instanceof DataError ? error.message : 'something else');
 * tell(new DataError('There are no photos in holidays.')); // → 'There are no photos in holidays.'
 * ```
 */
export class DataError extends Error {
  override readonly name = 'DataError';

  /** `problem` names what faces have a remedy of their own for: photos in no class folders. */
  constructor(
    message: string,
    { problem, ...options }: ErrorOptions & { readonly problem?: DataProblem } = {},
  ) {
    super(message, options);
    this.problem = problem;
  }

  readonly problem: DataProblem | undefined;
}

/** The names of photos outside class folders seem to tell their classes, or do not. */
export type DataProblem = 'classes-in-names' | 'no-classes';
