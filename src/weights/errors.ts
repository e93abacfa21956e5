/**
 * The one error that reading or writing weights can end in. A weights file comes from somebody else, so
 * every message says what is wrong with which file and what to do about it, and text that the file chose is
 * escaped before it reaches a terminal.
 *
 * ```ts
 * const error = new WeightsError('model.pth', 'it holds no tensors', 'Save a state dict');
 * error.message; // → 'model.pth: it holds no tensors. Save a state dict.'
 * ```
 */
export class WeightsError extends Error {
  override readonly name = 'WeightsError';

  /**
   * @param source the file (path or URL) as the user knows it
   * @param problem what is wrong, as a clause that reads on after "FILE: "
   * @param remedy what to do about it, as a sentence without its full stop
   */
  constructor(
    readonly source: string,
    readonly problem: string,
    readonly remedy: string,
  ) {
    // After a list of several lines the remedy would be read as part of its last item.
    super(`${source}: ${problem}${problem.includes('\n') ? '\n' : '. '}${remedy}.`);
  }
}

/** The remedy where bytes are missing or contradict each other. */
export const GET_AGAIN = 'The file is damaged or cut short: download or copy it again';

/** The remedy where a PyTorch file is sound but holds something else than named tensors. */
export const SAVE_STATE_DICT =
  "If you trust the file, load it in PyTorch and save the tensors alone: torch.save(model.state_dict(), 'weights.pth')";

const LONGEST_QUOTE = 120;

/** `text` in quotes, at most 120 characters of it, with everything escaped that could move a terminal's cursor. */
export function quote(text: string): string {
  const shown = text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text;
  return JSON.stringify(shown).replace(
    /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A shape as people write it: `[64, 3, 7, 7]`. */
export function showShape(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`;
}
