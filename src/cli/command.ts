// What every command shares: how it reads its options and how it ends, with an exit code and, if it failed, a message.
import { existsSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { Command } from 'commander';
import { errorJson, errorText, exitCodeOf, wrongCallJson } from './errors.ts';
import { exitCodes, exitCodesHelp } from './exit-codes.ts';
import { shellWord } from './terminal/format.ts';
import { typed } from './terminal/invocation.ts';
import { watchOutput } from './terminal/output.ts';
import { exitCleanly } from '../platform/node/index.ts';
import { graftVersion } from '../platform/node/package.ts';

export { FileError, UsageError } from './errors.ts';
export { exitCodes } from './exit-codes.ts';

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

${exitCodesHelp}`,
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

const CONFIG_HELP =
  'file with options by name, JSON or a program like graft.config.ts; options given here take precedence';

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
      if (error.exitCode !== 0 && isForPrograms(command))
        console.log(wrongCallJson(error.message.replace(/^error: /, '')));
      leave(error);
    })
    .option('--config <file>', CONFIG_HELP)
    .addHelpText(
      'after',
      [
        `\nExamples:\n${examples.map((example) => `  ${called} ${example}`).join('\n')}`,
        ...(notes === undefined ? [] : [notes]),
        exitCodesHelp,
      ].join('\n\n'),
    );
}

/** Whether a call that could not be read asked for JSON, in a command that prints it. */
const isForPrograms = (command: Command): boolean =>
  command.options.some((option) => option.long === '--json' && option.isBoolean()) &&
  process.argv.includes('--json');

/** "weights download": the command's name after its parents' names, without the program's. */
function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}`.trim() : '';
}

/**
 * Runs a command to its end and ends the process with the exit code that `action` returns, or 1 if it throws. If
 * standard output goes away, the command is told by `stop`, to end in its own way, or ends at once. A reader that closes
 * the pipe early (`| head`) is no error; output that cannot be written is one, though the work in progress ends well.
 * With `json` an error is also printed as an object, on stdout.
 */
export async function runAndExit(
  action: () => Promise<number>,
  { stop, json = false }: { readonly stop?: () => void; readonly json?: boolean | undefined } = {},
): Promise<never> {
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
    if (json) console.log(errorJson(error));
    console.error(errorText(error));
    return exitCleanly(exitCodeOf(error));
  }
}
