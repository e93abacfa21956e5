// `npm run bench:peers`: ResNet-18 in graft and in other engines, side by side: one workload after the other, each reported
// as soon as it is measured. A workload that fails is told and does not take the others with it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { BASE, ENGINES, type EngineName } from './engines.ts';
import { measure, type Measured } from './measure.ts';
import { parseOptions, type Options } from './options.ts';
import { measurePhotos } from './photos.ts';
import { summarise, table, type Summary } from './report.ts';
import type { Workload } from './workloads.ts';

/** A workload's line in the file of all times. */
interface Entry extends Omit<Measured, 'results'> {
  readonly workload: string;
  readonly results: readonly Summary[];
}

/** A load from which others at work show in the times, on a machine of any size: PyTorch's threads wait for each other. */
const BUSY = 0.5;

const options = parseOptions(process.argv.slice(2));
const folder = mkdtempSync(join(tmpdir(), 'graft-peers-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
process.once('SIGINT', () => process.exit(130)); // the engines hear of it as well, or see that their stdin has ended
await main(options);

async function main({ workloads, photos, rounds, only, json }: Options): Promise<void> {
  const [load = 0] = loadavg();
  const machine = { node: process.versions.node, cpus: availableParallelism(), load };
  console.log(`ResNet-18, f32; Node ${machine.node}, ${machine.cpus} CPUs, ${rounds} rounds`);
  if (load > BUSY) {
    console.log(`The machine is busy (load ${load.toFixed(1)}): times will scatter, those of PyTorch most.`);
  }
  const entries: Entry[] = [];
  const attempt = async (workload: string, work: () => Promise<Measured | undefined>): Promise<void> => {
    console.log(`\n## ${workload}\n`);
    try {
      const measured = await work();
      if (!measured) return;
      const entry = { workload, ...measured, results: summarise(measured.results) };
      print(entry);
      entries.push(entry);
      if (json !== undefined) {
        writeFileSync(json, `${JSON.stringify({ ...machine, rounds, workloads: entries }, null, 2)}\n`);
      }
    } catch (error) {
      console.error(error instanceof Error ? error.message : error);
      process.exitCode = 1;
    }
  };
  for (const workload of workloads) {
    await attempt(workload.name, async () => {
      const peers = present(workload, only);
      if (peers.length > 0) return measure(workload, [BASE, ...peers], { rounds, folder });
      console.log('There is nobody to compare with.');
      return undefined;
    });
  }
  if (photos) await attempt(`training on ${photos.data}`, () => measurePhotos(photos, { rounds, folder }));
}

/** The peers that take part in a workload; says of the others why they do not. */
function present({ peers, slow }: Workload, only: readonly EngineName[] | undefined): EngineName[] {
  return peers.filter((name) => {
    if (only && !only.includes(name)) return false;
    const reason =
      !only && slow.includes(name) ? `slow here, unless asked for: --only ${name}` : ENGINES[name].missing();
    if (reason !== undefined) console.log(`- without ${ENGINES[name].title}: ${reason}`);
    return reason === undefined;
  });
}

function print({ engines, agreements, results }: Entry): void {
  for (const { title, version, adapter } of engines) console.log(`- ${title}: ${version} on ${adapter}`);
  for (const { what, engine, reference, relativeError } of agreements) {
    console.log(`- ${what}: ${engine} differs from ${reference} by ${relativeError.toExponential(1)}`);
  }
  console.log(`\n${table(results)}`);
}
