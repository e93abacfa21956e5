// Where a run happens: the adapter, the machine and the code, as its JSON file and its page have them.
import { spawnSync } from 'node:child_process';
import { arch, cpus, release } from 'node:os';
import { dirname } from 'node:path';
import { graftVersion } from '../../platform/node/package.ts';
import type { OpenedAdapter } from '../../platform/node/index.ts';
import { packageFile } from '../../platform/node/package.ts';
import { adapterFacts } from '../../bench/adapter.ts';
import { thisMachine, type Machine } from '../../platform/node/advice.ts';
import type { Circumstances } from '../../bench/results.ts';

/** `told` is the same adapter where it may tell of more than WebGPU has. */
export function circumstances(
  { adapter, choice }: Pick<OpenedAdapter, 'adapter' | 'choice'>,
  told = adapter,
): Circumstances {
  const { device, description, vendor, architecture } = adapter.info;
  const revision = gitRevision();
  const processors = cpus();
  return {
    date: new Date().toISOString(),
    graft: graftVersion(),
    ...(revision !== undefined && { revision }),
    node: process.versions.node,
    system: systemOf(thisMachine(), release(), arch()),
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cpus: processors.length,
    adapter: {
      ...{ name: device || description, kind: choice.kind, driver: description, vendor, architecture },
      ...{ backend: BACKENDS[process.platform] ?? 'unknown', ...adapterFacts(told) },
    },
  };
}

/** What Dawn takes first on each system, where it does not say. */
const BACKENDS: Partial<Record<NodeJS.Platform, string>> = {
  ...{ linux: 'Vulkan', android: 'Vulkan', darwin: 'Metal', win32: 'D3D12' },
};

/** The system without what its owner may have called it: a kernel's name can end with anything. */
export function systemOf({ platform, release: about }: Machine, kernel: string, processor: string): string {
  const [version = ''] = /^[\d.]*/.exec(kernel) ?? [];
  return [about['PRETTY_NAME'] ?? `${platform} ${version}`.trim(), processor].join(', ');
}

/** The commit that is checked out, with a `+` where files differ from it; undefined without git or outside of a checkout. */
function gitRevision(): string | undefined {
  const cwd = dirname(packageFile('package.json'));
  const git = (...args: string[]) => spawnSync('git', args, { cwd, encoding: 'utf8' });
  const { status, stdout } = git('rev-parse', '--short=12', 'HEAD');
  if (status !== 0) return undefined;
  return stdout.trim() + (git('status', '--porcelain').stdout.trim() === '' ? '' : '+');
}
