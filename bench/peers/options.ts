// The words of `npm run bench:peers`.
import { Command, InvalidArgumentError, Option } from 'commander';
import { BASE, ENGINES, type EngineName } from './engines.ts';
import { DEFAULT_WORKLOADS, parseWorkload, type Workload } from './workloads.ts';

export interface Options {
  readonly workloads: readonly Workload[];
  /** Where whole models are to be trained on photos. */
  readonly photos?: { readonly data: string; readonly weights: string };
  readonly rounds: number;
  /** The peers to compare with; where it is left out, all that do not take too long. */
  readonly only?: readonly EngineName[];
  readonly json?: string;
}

interface Words {
  readonly workload?: readonly string[];
  readonly photos?: string;
  readonly weights?: string;
  readonly rounds: number;
  readonly only?: readonly EngineName[];
  readonly json?: string;
}

const peers = Object.keys(ENGINES).filter((name) => name !== BASE);

/**
 * Reads `words`, without the program's name. Where they are wrong or ask for help, Commander writes a message and ends the
 * process; `configure` may have it do something else.
 */
export function parseOptions(
  words: readonly string[],
  configure: (command: Command) => void = () => undefined,
): Options {
  const command = new Command('bench:peers')
    .description('Times ResNet-18 in graft and in other engines, in alternating turns on one machine.')
    .option(
      '--workload <names...>',
      `TASK:BATCHxSIZE, TASK being forward, train, layer4 or head; or browser (default: ${DEFAULT_WORKLOADS.join(' ')})`,
    )
    .option(
      '--photos <dir>',
      'train on this folder with train/ and test/, against the program that graft grew from',
    )
    .option('--weights <file>', 'the .pth file of a ResNet-18 that both start from')
    .addOption(new Option('--only <peers...>', 'the peers to compare with').choices(peers))
    .addOption(new Option('--rounds <n>', 'turns for each engine').default(5).argParser(wholeNumber))
    .option('--json <file>', 'write all times to this file');
  configure(command);
  const given = command.parse(words, { from: 'user' }).opts<Words>();
  const { photos: data, weights, workload = data === undefined ? DEFAULT_WORKLOADS : [], ...rest } = given;
  if ((data === undefined) !== (weights === undefined)) {
    command.error('error: --photos and --weights go together');
  }
  try {
    const photos = data !== undefined && weights !== undefined && { photos: { data, weights } };
    return { ...rest, ...photos, workloads: workload.map(parseWorkload) };
  } catch (error) {
    return command.error(`error: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new InvalidArgumentError('Give a whole number, at least 1.');
  }
  return value;
}
