// `graft kernel`: prints the WGSL that an operation runs, with its numbers filled in, for people who read it to learn or to
// compare. The catalogue (src/run/kernels) decides what there is to see; no adapter is opened.
import { Option, type Command } from 'commander';
import {
  adapters,
  CatalogueError,
  expand,
  operations,
  type AdapterKind,
  type Expansion,
} from '../run/kernels/index.ts';
import { listing } from '../run/kernels/listing.ts';
import { addCommand, exitCodes, runAndExit, UsageError } from './command.ts';

interface KernelOptions {
  readonly list?: true;
  readonly case?: string;
  readonly algorithm?: string;
  readonly for: AdapterKind;
}

/** Adds `graft kernel` to the program. */
export function addKernelCommand(program: Command): void {
  addCommand(program, 'kernel', {
    description: 'Print the WGSL of a kernel, with its numbers filled in.',
    examples: [
      '                            all operations',
      'relu',
      'conv2d.forward              as the rule chooses it on a GPU, for a layer of ResNet-18',
      'conv2d.forward --list       its cases and algorithms',
      'conv2d.forward --for lavapipe --case resnet18-stem --algorithm "subgroup 4×16"',
    ],
    notes: `The text is what the driver compiles, except for white space. Tile sizes and types are filled in;
sizes of tensors are parameters, shown above the text with their values in the case.`,
  })
    .argument('[name]', 'an operation, or a part of its name that no other name contains')
    .option('--list', 'list operations, or the cases and algorithms of one')
    .option('--case <name>', 'one of the shapes that tests and benchmarks use')
    .option('--algorithm <name>', 'which of several (default: the choice of the rule)')
    .addOption(
      new Option('--for <adapter>', 'the kind of adapter').choices(Object.keys(adapters)).default('gpu'),
    )
    .action((name: string | undefined, options: KernelOptions) => runAndExit(() => run(name, options)));
}

async function run(name: string | undefined, options: KernelOptions): Promise<number> {
  if (name === undefined) listOperations();
  else {
    const { for: adapter, list, ...wanted } = options;
    const expansion = expanded({ name, adapter, ...wanted });
    if (list) listOf(expansion);
    else console.log(listing(expansion, adapter));
  }
  return exitCodes.done;
}

/** `expand`; what the catalogue lacks becomes a usage error. */
function expanded(query: Parameters<typeof expand>[0]): Expansion {
  try {
    return expand(query);
  } catch (error) {
    if (!(error instanceof CatalogueError)) throw error;
    const { message, choices } = error;
    throw new UsageError(message, choices.length > 0 ? `There is: ${choices.join(', ')}` : undefined);
  }
}

function listOperations(): void {
  const width = Math.max(...operations.map(({ name }) => name.length));
  for (const { name, about } of operations) console.log(`${name.padEnd(width)}  ${about}`);
}

function listOf({ name, about, cases, algorithms }: Expansion): void {
  console.log(`${name}: ${about}`);
  console.log(`\n--case\n${cases.map((one) => `  ${one}`).join('\n')}`);
  if (algorithms.length > 0) console.log(`\n--algorithm\n${algorithms.map((one) => `  ${one}`).join('\n')}`);
}
