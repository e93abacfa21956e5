/** What can go wrong with a run although its files are sound. The message says what to change. */
export class TrainingError extends Error {
  override readonly name = 'TrainingError';
}
