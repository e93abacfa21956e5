/** What is wrong with what was asked, for a face to say with the remedy in its own words. */
export class BenchError extends Error {
  override readonly name = 'BenchError';

  constructor(
    readonly problem: 'no-such-row' | 'no-results',
    message: string,
    readonly hint?: string,
  ) {
    super(message);
  }
}
