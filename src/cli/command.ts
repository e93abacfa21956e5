// What every command shares: how it ends. Whatever goes wrong becomes one clear message on stderr and an exit code; the
// stack is for developers and shown on request.
import { Command } from 'commander';
import { colours as pc } from './colours.ts';
import { exitCleanly } from '../platform/node.ts';
import { printable } from './format.ts';
import { graftVersion } from './version.ts';

/** Exit codes, as the commands' help lists them. */
export const exitCodes = { done: 0, failed: 1, interrupted: 130 } as const;

/** A mistake in how a command was called; `hint` says what to do, on lines of its own. */
export class UsageError extends Error {
  override readonly name = 'UsageError';

  constructor(
    message: string,
    readonly hint?: string,
  ) {
    super(message);
  }
}

/** A command with graft's conventions for help and for wrong options. */
export function createCommand(name: string, description: string): Command {
  return new Command(`npm run ${name} --`)
    .description(description)
    .version(graftVersion())
    .showHelpAfterError(`(npm run ${name} -- --help lists all options)`)
    .allowExcessArguments(false);
}

/**
 * Runs a command to its end and leaves the process with the exit code that `action` returns, or 1 where it throws.
 * A reader that closes the pipe early (`| head`) is no error.
 */
export async function runAndExit(action: () => Promise<number>): Promise<never> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? exitCodes.done : exitCodes.failed);
  });
  try {
    return await exitCleanly(await action());
  } catch (error) {
    console.error(describe(error));
    return exitCleanly(exitCodes.failed);
  }
}

/** Errors that are made for people to read; anything else is a fault of graft's. */
const EXPECTED = new Set([
  'UsageError',
  'TrainingError',
  'DataError',
  'ImageError',
  'WeightsError',
  'AdapterError',
  'GpuError',
  'GpuOutOfMemoryError',
  'DeviceLostError',
  'RangeError',
]);

function describe(error: unknown): string {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  const isFile = error instanceof Error && 'syscall' in error;
  // Messages name files and folders, whose names are other people's.
  const shown = message.split('\n').map(printable).join('\n');
  const lines = [`${pc.red('error:')} ${shown}`];
  if (error instanceof UsageError && error.hint) lines.push(error.hint);
  if (process.env['GRAFT_DEBUG'] === '1') lines.push(pc.dim(stack ?? ''));
  else if (!EXPECTED.has(name) && !isFile) lines.push(pc.dim('GRAFT_DEBUG=1 shows where this happened.'));
  return lines.join('\n');
}
