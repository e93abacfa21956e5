// Where a run happens: the adapter, the machine and the code, as its JSON file and its page have them.
import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { dirname } from 'node:path';
import { graftVersion } from '../../platform/node/package.ts';
import type { OpenedAdapter } from '../../platform/node/index.ts';
import { packageFile } from '../../platform/node/package.ts';
import type { Circumstances } from '../../bench/results.ts';

export function circumstances({ adapter, choice }: Pick<OpenedAdapter, 'adapter' | 'choice'>): Circumstances {
  const { device, description, vendor, architecture } = adapter.info;
  const revision = gitRevision();
  const processors = cpus();
  return {
    date: new Date().toISOString(),
    graft: graftVersion(),
    ...(revision !== undefined && { revision }),
    node: process.versions.node,
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cpus: processors.length,
    adapter: { name: device || description, kind: choice.kind, driver: description, vendor, architecture },
  };
}

/** The commit that is checked out, with a `+` where files differ from it; undefined without git or outside of a checkout. */
function gitRevision(): string | undefined {
  const cwd = dirname(packageFile('package.json'));
  const git = (...args: string[]) => spawnSync('git', args, { cwd, encoding: 'utf8' });
  const { status, stdout } = git('rev-parse', '--short=12', 'HEAD');
  if (status !== 0) return undefined;
  return stdout.trim() + (git('status', '--porcelain').stdout.trim() === '' ? '' : '+');
}
