// Whatever goes wrong becomes one clear message with what to do about it: in words on stderr and, for programs that asked for JSON,
// as one object on stdout. The stack is for developers and shown on request.
import { DataError } from '../data/errors.ts';
import { printable } from '../format.ts';
import { RunError } from '../run/errors.ts';
import { TrainingError } from '../train/index.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { remedyOf, type Remedy } from './remedies.ts';
import { colours as pc } from './terminal/colours.ts';

/** A mistake in how a command was called; `hint` says what to do, on lines of its own. */
export class UsageError extends Error {
  override readonly name: string = 'UsageError';

  constructor(
    message: string,
    readonly hint?: string,
  ) {
    super(message);
  }
}

/** A file or folder cannot be read, written or used; `hint` as for `UsageError`. */
export class FileError extends UsageError {
  override readonly name = 'FileError';
}

/** What a process ends with that such an error has ended. */
export const exitCodeOf = (error: unknown): ExitCode =>
  remedyFor(error).isUsage ? exitCodes.usage : exitCodes.failed;

/** What to do about an error: it says so itself, or it comes from code that knows nothing of commands. */
function remedyFor(error: unknown): Remedy {
  if (error instanceof RunError) return remedyOf(error);
  if (error instanceof DataError) return { hint: error.problem && dataRemedies[error.problem] };
  if (error instanceof TrainingError) return { hint: error.problem && 'Leave --half out.' };
  if (!(error instanceof UsageError)) return {};
  return { hint: error.hint, isUsage: !(error instanceof FileError) };
}

const dataRemedies = {
  'classes-in-names': 'With --labels-from-names they are taken from the names.',
  'no-classes': `If they are all of one class, give --data the folder in which its folder is. Where there are no folders of classes,
--labels FILE.csv takes them from a table with a row for each photo.`,
} as const satisfies Record<NonNullable<DataError['problem']>, string>;

/** Errors of JavaScript itself, which are faults of graft's; all that have names of their own are made for people to read. */
const FAULTS = new Set(['Error', 'TypeError', 'ReferenceError', 'SyntaxError', 'EvalError', 'URIError']);

/** An error for people, on lines. */
export function errorText(error: unknown): string {
  const { name, message, stack } = thrown(error);
  const isFile = error instanceof Error && 'syscall' in error;
  // Messages name files and folders, whose names are other people's.
  const shown = message.split('\n').map(printable).join('\n');
  const lines = [`${pc.red('error:')} ${shown}`];
  const { hint } = remedyFor(error);
  if (hint) lines.push(hint);
  if (process.env['GRAFT_DEBUG'] === '1') lines.push(pc.dim(stack ?? ''));
  else if (FAULTS.has(name) && !isFile) lines.push(pc.dim('GRAFT_DEBUG=1 shows where this happened.'));
  return lines.join('\n');
}

/** An error for programs, on a line: what kind it is of, its message, what to do about it, and the exit code. */
export function errorJson(error: unknown): string {
  const kind = error instanceof RunError ? error.problem.kind : kindOf(error);
  const { message } = thrown(error);
  return jsonOf({ kind, message, hint: remedyFor(error).hint ?? null, exitCode: exitCodeOf(error) });
}

/** A call that could not even be read, for programs. */
export const wrongCallJson = (message: string): string =>
  jsonOf({ kind: 'usage', message, hint: null, exitCode: exitCodes.usage });

const jsonOf = (error: Readonly<Record<'kind' | 'message' | 'hint' | 'exitCode', unknown>>): string =>
  JSON.stringify({ event: 'error', error });

function kindOf(error: unknown): string {
  if (error instanceof FileError) return 'file';
  if (error instanceof UsageError) return 'usage';
  if (error instanceof DataError) return error.problem ?? 'data';
  return thrown(error).name;
}

const thrown = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
