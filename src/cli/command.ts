// What every command shares: how it reads its options and how it ends. Whatever goes wrong becomes one clear message on
// stderr and an exit code; the stack is for developers and shown on request.
import { existsSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { Command } from 'commander';
import { DataError } from '../data/errors.ts';
import { RunError } from '../run/errors.ts';
import { TrainingError } from '../train/index.ts';
import { remedyOf, type Remedy } from './remedies.ts';
import { colours as pc } from './terminal/colours.ts';
import { readConfigFile } from './config-file.ts';
import { printable } from '../format.ts';
import { shellWord } from './terminal/format.ts';
import { typed } from './terminal/invocation.ts';
import { watchOutput } from './terminal/output.ts';
import { exitCleanly } from '../platform/node/index.ts';
import { graftVersion } from '../platform/node/package.ts';

/** Exit codes, as the help lists them. */
export const exitCodes = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/** The end of every help text. */
const EXIT_CODES = `Exit codes:
  0    done
  1    failed: files, data, weights, the adapter; the message says what to do
  2    called wrongly: unknown option, value out of range, wrong config file
  130  interrupted by Ctrl-C, kill or a lost terminal; finished work is kept`;

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

/** The program without its commands. */
export function createProgram(): Command {
  return new Command('graft')
    .description('Transfer learning on your own photos, on any GPU or none.')
    .version(graftVersion())
    .usage('<command> [options]')
    .configureHelp({ commandUsage: (command) => `${typed(pathOf(command))} ${command.usage()}` })
    .helpCommand(false)
    .showHelpAfterError(`(${typed('')} --help lists all commands)`)
    .exitOverride(leave)
    .addHelpText(
      'after',
      `
Examples:
  ${typed('train')}                      an example on drawings that come with graft
  ${typed('train')} --data photos        photos/cats/*.jpg, photos/dogs/*.jpg, …
  ${typed('predict')} new/*.jpg          by the newest run
  ${typed('evaluate')} --model runs/photos --data test-photos
  ${typed('train')} --help               all options

In graft's own folder, npm run train -- … is the same as npx graft train ….

${EXIT_CODES}`,
    );
}

/** A program of its own beside `graft`, run as an npm script. */
export function createScript(name: string, description: string): Command {
  return new Command(`npm run ${name} --`)
    .description(description)
    .showHelpAfterError(`(npm run ${name} -- --help lists all options)`)
    .allowExcessArguments(false)
    .exitOverride(leave);
}

const leave = ({ exitCode }: { readonly exitCode: number }): never =>
  process.exit(exitCode === 0 ? exitCodes.done : exitCodes.usage);

/** The option that was meant by a word too many: `graft train photos`, and `--data my photos` of a folder called "my photos". */
function sayWhereDataGoes(command: Command): void {
  if (!command.options.some(({ long }) => long === '--data')) return;
  const given = command.getOptionValue('data') as string | undefined;
  const meant = [...(given === undefined ? [] : [given]), ...command.args].join(' ');
  if (given === undefined || existsSync(meant))
    console.error(`Photos are given with --data: ${typed(pathOf(command))} --data ${shellWord(meant)}`);
}

export interface CommandText {
  readonly description: string;
  /** What may follow the command's own words, one per line; a remark follows after two or more spaces. */
  readonly examples: readonly string[];
  /** Paragraphs between the examples and the exit codes. */
  readonly notes?: string;
}

/** Adds a command with graft's conventions: --config, examples and exit codes in its help. */
export function addCommand(
  program: Command,
  name: string,
  { description, examples, notes }: CommandText,
): Command {
  const command = program.command(name).description(description).allowExcessArguments(false);
  const called = typed(pathOf(command));
  return command
    .showHelpAfterError(`(${called} --help lists all options)`)
    .exitOverride((error) => {
      if (error.code === 'commander.excessArguments') sayWhereDataGoes(command);
      leave(error);
    })
    .option('--config <file>', 'JSON file with options by name; options given here take precedence')
    .on('option:config', (path: string) => readConfigFile(command, path))
    .addHelpText(
      'after',
      [
        `\nExamples:\n${examples.map((example) => `  ${called} ${example}`).join('\n')}`,
        ...(notes === undefined ? [] : [notes]),
        EXIT_CODES,
      ].join('\n\n'),
    );
}

/** "weights download": the command's name after its parents' names, without the program's. */
function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}`.trim() : '';
}

/**
 * Runs a command to its end and ends the process with the exit code that `action` returns, or 1 if it throws. If
 * standard output goes away, the command is told by `stop`, to end in its own way, or ends at once. A reader that closes
 * the pipe early (`| head`) is no error; output that cannot be written is one, though the work in progress ends well.
 */
export async function runAndExit(action: () => Promise<number>, stop?: () => void): Promise<never> {
  let outputFailed = false;
  watchOutput({
    onReaderGone: stop ?? (() => void exitCleanly(exitCodes.done)),
    onFailure() {
      outputFailed = true;
      if (stop) stop();
      else void exitCleanly(exitCodes.failed);
    },
    consequence: stop && 'Stopping after this step; further messages appear here.',
  });
  try {
    const code = await action();
    await setImmediate(); // what a write came to is told after whoever wrote has gone on
    return await exitCleanly(outputFailed ? exitCodes.failed : code);
  } catch (error) {
    console.error(describe(error));
    return exitCleanly(remedyFor(error).isUsage ? exitCodes.usage : exitCodes.failed);
  }
}

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

function describe(error: unknown): string {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
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
