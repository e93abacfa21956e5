// `npm run bench:peers`: ResNet-18 in graft and in other engines, side by side. All processes are up at once, but only one
// of them works at a time: they take turns within a round, so that a machine that warms up or is shared slows all alike.
// Before anything is timed, all must have computed the same numbers.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError, Option } from 'commander';
import { writeSafetensors } from '../../src/weights/index.ts';
import { compare, type Agreement } from './agreement.ts';
import { makeInputs } from './inputs.ts';
import { ENGINES, pythonWithTorch, Peer, type EngineName } from './peer.ts';
import { spread, summarise, table, type Result } from './report.ts';
import { WORKLOADS, type Hello, type Workload } from './serve.ts';

interface Options {
  readonly batch: number;
  readonly size: number;
  readonly rounds: number;
  readonly workloads: readonly Workload[];
  readonly engines: readonly EngineName[];
  readonly json?: string;
}

interface Participant {
  readonly peer: Peer;
  readonly hello: Hello;
}

/** Fast engines repeat within their turn for this long and give the median: a single short call says little. */
const TURN_MS = 400;
const BASE: EngineName = 'graft';
const names = Object.keys(ENGINES) as EngineName[];

try {
  await main(parse(process.argv));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function main(options: Options): Promise<void> {
  const engines = options.engines.filter((name) => {
    const absent = name === 'torch' && !pythonWithTorch();
    if (absent) console.error('Without PyTorch: no python3 here has torch and torchvision.');
    return !absent;
  });
  if (engines.some((name) => name.startsWith('tfjs'))) installPeers();
  const folder = mkdtempSync(join(tmpdir(), 'graft-peers-'));
  const participants: Participant[] = [];
  try {
    const inputs = join(folder, 'inputs.safetensors');
    writeFileSync(inputs, writeSafetensors(makeInputs(options), { dtype: 'f32' }));
    for (const name of engines) participants.push(await Peer.start(name, inputs));
    await measure(participants, options);
  } finally {
    for (const { peer } of participants) peer.stop();
    rmSync(folder, { recursive: true });
  }
}

async function measure(participants: readonly Participant[], options: Options): Promise<void> {
  const results: Result[] = [];
  const agreements: Agreement[] = [];
  for (const workload of options.workloads) {
    const once = (peer: Peer) => peer.run(workload);
    const firstCalls = await turns(participants, `${workload}, first call`, once);
    // The second call warms up; in training its loss shows the update of the first.
    const secondCalls = await turns(participants, `${workload}, second call`, once);
    for (const [call, calls] of [firstCalls, secondCalls].entries()) {
      agreements.push(...compare(`${workload}, call ${call + 1}`, calls));
    }
    const times = new Map<EngineName, number[]>(participants.map(({ peer }) => [peer.name, []]));
    for (let round = 1; round <= options.rounds; round++) {
      const label = `${workload}, round ${round} of ${options.rounds}`;
      const medians = await turns(participants, label, (peer) => repeatedly(peer, workload));
      for (const [name, ms] of medians) times.get(name)?.push(ms);
    }
    for (const { peer } of participants) {
      const { title: engine } = ENGINES[peer.name];
      const firstCall = firstCalls.get(peer.name)?.ms ?? NaN;
      results.push({ engine, workload, firstCall, times: times.get(peer.name) ?? [] });
    }
  }
  report(participants, options, results, agreements);
}

/** One turn for each engine; who is at work shows on stderr. */
async function turns<T>(
  participants: readonly Participant[],
  label: string,
  turn: (peer: Peer) => Promise<T>,
): Promise<Map<EngineName, T>> {
  const results = new Map<EngineName, T>();
  process.stderr.write(`${label}:`);
  for (const { peer } of participants) {
    process.stderr.write(` ${peer.name}`);
    results.set(peer.name, await turn(peer));
  }
  process.stderr.write('\n');
  return results;
}

/** Calls until the turn is over; the median in milliseconds. */
async function repeatedly(peer: Peer, workload: Workload): Promise<number> {
  const times: number[] = [];
  const end = performance.now() + TURN_MS;
  do {
    times.push((await peer.run(workload)).ms);
  } while (performance.now() < end);
  return spread(times).median;
}

function report(
  participants: readonly Participant[],
  { batch, size, rounds, json }: Options,
  results: readonly Result[],
  agreements: readonly Agreement[],
): void {
  const summaries = summarise(results, ENGINES[BASE].title);
  const engines = participants.map(({ peer, hello }) => ({ name: ENGINES[peer.name].title, ...hello }));
  const machine = { node: process.versions.node, cpus: availableParallelism() };
  console.log(`ResNet-18, f32, batch ${batch} at ${size} px; Node ${machine.node}, ${machine.cpus} CPUs\n`);
  for (const { name, version, adapter } of engines) console.log(`- ${name}: ${version} on ${adapter}`);
  console.log();
  for (const { what, engine, reference, relativeError } of agreements) {
    console.log(`- ${what}: ${engine} differs from ${reference} by ${relativeError.toExponential(1)}`);
  }
  console.log(`\n${table(summaries, ENGINES[BASE].title)}`);
  if (json === undefined) return;
  const everything = { batch, size, rounds, ...machine, engines, agreements, results: summaries };
  writeFileSync(json, `${JSON.stringify(everything, null, 2)}\n`);
}

/** The peers are no dependencies of graft: they are installed here when somebody first asks for them. */
function installPeers(): void {
  const folder = fileURLToPath(new URL('.', import.meta.url));
  if (existsSync(join(folder, 'node_modules/@tensorflow/tfjs-backend-webgpu'))) return;
  console.error('Installing TensorFlow.js into bench/peers (once, about 70 MB) …');
  const { status } = spawnSync('npm', ['ci', '--prefix', folder, '--no-audit', '--no-fund'], {
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32', // where npm is a script
  });
  if (status !== 0) throw new Error('Could not install the peers. Try: npm ci --prefix bench/peers');
}

function parse(argv: readonly string[]): Options {
  return new Command('bench:peers')
    .description('Times ResNet-18 in graft and in other engines, in alternating turns on one machine.')
    .addOption(new Option('--batch <images>', 'images a call').default(8).argParser(wholeNumber(1)))
    .addOption(new Option('--size <px>', 'side of the images').default(64).argParser(wholeNumber(32)))
    .addOption(new Option('--rounds <n>', 'turns for each engine').default(5).argParser(wholeNumber(1)))
    .addOption(
      new Option('--workloads <names...>', 'what to time').choices(WORKLOADS).default([...WORKLOADS]),
    )
    .addOption(new Option('--engines <names...>', 'who takes part').choices(names).default(names))
    .option('--json <file>', 'write all times to this file')
    .parse([...argv])
    .opts<Options>();
}

function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < least) {
      throw new InvalidArgumentError(`Give a whole number, at least ${least}.`);
    }
    return value;
  };
}
