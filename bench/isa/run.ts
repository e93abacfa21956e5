// `npm run bench:isa`: what AMD's GPUs would execute, on a machine without one. Each matrix-product kernel is compiled to
// RDNA3 and RDNA2 machine code, in which speed is decided by registers, waves and the share of multiply-adds in the hot
// loop. Ends with 1 where a kernel misses the bar (check.ts), with 2 where nothing can be compiled.
import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { BAR, misses, spilled } from './check.ts';
import type { Compiled } from './compiled.ts';
import { Driver, TARGETS } from './driver.ts';
import { count, countWithStaging, fmaShare, hotLoop, printLoop } from './hot-loop.ts';
import { KERNELS, type Candidate } from './kernels.ts';
import { toSpirv } from './spirv.ts';
import { table, type Row } from './table.ts';
import { captureTensorFlow } from './tensorflow.ts';
import { findTools } from './tools.ts';

interface Options {
  readonly filter?: string;
  readonly show?: string;
  readonly json?: string;
  readonly peers: boolean;
}

try {
  process.exitCode = main(parse(process.argv));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}

function main({ filter = '', show, json, peers }: Options): number {
  const tools = findTools();
  const wanted = (show ?? filter).toLowerCase();
  const candidates = [...KERNELS, ...(peers ? captureTensorFlow(tools) : [])].filter(({ name }) =>
    name.toLowerCase().includes(wanted),
  );
  if (candidates.length === 0) throw new Error(`No kernel's name contains "${wanted}".`);
  const spirv = toSpirv(tools, candidates);
  const driver = new Driver(tools);
  try {
    const rows: Row[] = [];
    for (const [i, candidate] of candidates.entries()) {
      for (const target of TARGETS) {
        const source = spirv[i]!; // one for each candidate
        const compiled = driver.compile(source, target);
        if (show !== undefined) printHotLoop(candidate.name, target.chip, compiled);
        rows.push(rowOf(candidate, target.name, compiled));
      }
    }
    console.log(table(rows));
    if (json !== undefined)
      writeFileSync(json, `${JSON.stringify({ bar: BAR, targets: TARGETS, rows }, null, 2)}\n`);
    return verdict(rows);
  } finally {
    driver.close();
  }
}

function rowOf({ name, bar }: Candidate, target: string, { blocks, ...numbers }: Compiled): Row {
  const found = hotLoop(blocks);
  const loop = found ? count(found) : undefined;
  const staged = found ? countWithStaging(blocks, found) : undefined;
  return {
    kernel: name,
    target,
    ...numbers,
    loop: loop ?? null,
    fmaShare: loop ? fmaShare(loop) : 0,
    shareWithStaging: staged ? fmaShare(staged) : null,
    misses: bar === 'none' ? null : bar === 'product' ? misses(numbers, loop) : spilled(numbers),
  };
}

function printHotLoop(name: string, chip: string, { blocks }: Compiled): void {
  const loop = hotLoop(blocks);
  console.log(`${name}, ${chip}:\n${loop ? printLoop(loop) : 'It has no loop with a multiply-add.'}\n`);
}

function verdict(rows: readonly Row[]): number {
  const failed = rows.filter(({ misses }) => misses !== null && misses.length > 0);
  for (const { kernel, target, misses } of failed)
    console.error(`${kernel} on ${target}: ${misses?.join('; ')}`);
  return failed.length > 0 ? 1 : 0;
}

function parse(argv: readonly string[]): Options {
  return new Command('bench:isa')
    .description('Compiles the matrix-product kernels to AMD machine code and checks their hot loops.')
    .option('--filter <text>', 'only kernels whose name contains this, in any case')
    .option('--show <text>', 'print the hot loops of these kernels as assembly')
    .option('--json <file>', 'write the table to this file')
    .option('--no-peers', "leave out TensorFlow.js's kernels")
    .parse([...argv])
    .opts<Options>();
}
