/** What is wrong with what was asked, for a face to say with the remedy in its own words. */
export class BenchError extends Error {
  override readonly name = 'BenchError';

  constructor(
    readonly problem: 'no-such-row' | 'no-results' | 'cannot-run',
    message: string,
    readonly hint?: string,
    /** Whether a row cannot run for want of memory. */
    readonly isMemory = false,
  ) {
    super(message);
  }
}
