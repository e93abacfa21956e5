// One workload, all engines: their processes are up at once, but only one of them works at a time. They take turns within
// a round, so that a machine that warms up or is shared slows all alike. Before anything is timed, all must have computed
// the same numbers.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeSafetensors } from '../../src/weights/index.ts';
import { compare, type Agreement } from './agreement.ts';
import { ENGINES, type EngineName } from './engines.ts';
import { makeInputs } from './inputs.ts';
import { Peer } from './peer.ts';
import type { Result } from './report.ts';
import type { Hello } from './serve.ts';
import { spread } from './statistics.ts';
import type { Workload } from './workloads.ts';

/** What a workload came to. */
export interface Measured {
  readonly engines: readonly (Hello & { readonly title: string })[];
  readonly agreements: readonly Agreement[];
  readonly results: readonly Result[];
}

/** Fast engines repeat within their turn for this long and give the median: a single short call says little. */
const TURN_MS = 400;

/**
 * Times `names` at `workload` in `rounds` alternating rounds; the inputs are written into `folder`. Throws if an engine
 * fails or computes something else than the first one.
 */
export async function measure(
  workload: Workload,
  names: readonly EngineName[],
  { rounds, folder }: { readonly rounds: number; readonly folder: string },
): Promise<Measured> {
  const inputs = join(folder, 'inputs.safetensors');
  writeFileSync(inputs, writeSafetensors(makeInputs(workload), { dtype: 'f32' }));
  const peers: Peer[] = [];
  const engines: Measured['engines'][number][] = [];
  try {
    for (const name of names) {
      const { peer, hello } = await Peer.start(name, inputs, workload);
      peers.push(peer);
      engines.push({ title: ENGINES[name].title, ...hello });
    }
    return { engines, ...(await takeTurns(peers, workload.name, rounds)) };
  } finally {
    await Promise.all(peers.map((peer) => peer.stop()));
  }
}

async function takeTurns(
  peers: readonly Peer[],
  workload: string,
  rounds: number,
): Promise<Omit<Measured, 'engines'>> {
  // The second call warms up; in training its loss shows the update of the first.
  const firstCalls = await turns(peers, `${workload}, first call`, (peer) => peer.call());
  const secondCalls = await turns(peers, `${workload}, second call`, (peer) => peer.call());
  const agreements = [...compare('first call', firstCalls), ...compare('second call', secondCalls)];
  const times = new Map<EngineName, number[]>(peers.map(({ name }) => [name, []]));
  for (let round = 1; round <= rounds; round++) {
    const medians = await turns(peers, `${workload}, round ${round} of ${rounds}`, repeatedly);
    for (const [name, ms] of medians) times.get(name)?.push(ms);
  }
  const results = peers.map(({ name }) => ({
    engine: ENGINES[name].title,
    firstCall: firstCalls.get(name)?.ms ?? NaN,
    times: times.get(name) ?? [],
  }));
  return { agreements, results };
}

/** One turn for each engine; who is at work shows on stderr. */
async function turns<T>(
  peers: readonly Peer[],
  label: string,
  turn: (peer: Peer) => Promise<T>,
): Promise<Map<EngineName, T>> {
  const results = new Map<EngineName, T>();
  process.stderr.write(`${label}:`);
  for (const peer of peers) {
    process.stderr.write(` ${peer.name}`);
    results.set(peer.name, await turn(peer));
  }
  process.stderr.write('\n');
  return results;
}

/** Calls until the turn is over; the median in milliseconds. */
async function repeatedly(peer: Peer): Promise<number> {
  const times: number[] = [];
  const end = performance.now() + TURN_MS;
  do {
    times.push((await peer.call()).ms);
  } while (performance.now() < end);
  return spread(times).median;
}
