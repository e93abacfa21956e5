// The command line of `graft bench`.
import { Option, type Command } from 'commander';
import { addCommand } from '../command.ts';
import { CLOCKS, type Clock } from '../../bench/compare.ts';
import { positiveNumber, wholeNumber } from '../options.ts';

export interface BenchOptions {
  readonly filter?: string;
  readonly list?: true;
  readonly quick?: true;
  readonly rounds?: number;
  readonly seconds?: number;
  readonly batch?: number;
  readonly size?: number;
  readonly allVariants?: true;
  readonly json?: string;
  readonly report?: string;
  readonly as?: string;
  readonly torch: boolean;
  readonly html?: string;
  readonly compare?: string;
  readonly by: Clock;
  readonly adapter?: string;
}

/** Adds the command, which does nothing yet. */
export function benchCommand(program: Command): Command {
  return addCommand(program, 'bench', {
    description: 'Measure this adapter, every kernel on it, and whole networks.',
    examples: [
      '                            all, in about four minutes',
      'conv2d.forward              one operation',
      'train --batch 32            training steps of the network',
      'conv2d --json before.json   then, after a change:',
      'conv2d --compare before.json',
      '--report my-gpu.json        a report of this GPU, to send in',
    ],
  })
    .argument('[names...]', 'only rows with one of these in their name')
    .option('--filter <text>', 'of those, only rows that also have all words of this')
    .option('--list', 'print the names of all rows and measure nothing')
    .option('--quick', 'a few short rounds: enough to see that everything works')
    .option('--rounds <n>', 'samples per row, at most (default: 9; quick: 3)', wholeNumber(1, 1000))
    .option(
      '--seconds <n>',
      'how long it may take, roughly (default: 240; quick: 30; report: 600)',
      positiveNumber,
    )
    .option('--batch <images>', 'images per batch (default: 8; networks at 8 and 32)', wholeNumber(1, 4096))
    .option('--size <px>', 'side of the images (default: 128; networks at 64 and 128)', wholeNumber(32, 4096))
    .option('--all-variants', 'every convolution kernel that the adapter can run')
    .option('--json <file>', 'write all samples')
    .option('--report <file>', 'measure what a report of this GPU has, PyTorch too, and write it')
    .option('--as <name>', 'how the report names who measured (default: nobody)')
    .option('--no-torch', 'leave PyTorch out of the report')
    .option('--html <file>', 'write a page with the roofline plot')
    .option('--compare <file>', "compare this run with an earlier one's JSON")
    .addOption(
      new Option('--by <clock>', 'what --compare compares: wall time or processor time')
        .choices(CLOCKS)
        .default('wall'),
    )
    .option('--adapter <name>', 'gpu, lavapipe, swiftshader or part of a name (default: $GRAFT_ADAPTER)');
}
