// What compiling for a GPU that is not there needs of this machine. None of it is a dependency of graft, so each tool is
// looked for by name, and what is missing is told all at once with the Debian package that brings it.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Paths of what is called or handed on. */
export interface Tools {
  readonly gcc: string;
  readonly spirvAs: string;
  /** The Vulkan loader's description of RADV, Mesa's driver for AMD GPUs. */
  readonly radv: string;
  /** The same of lavapipe, through which Dawn writes SPIR-V. */
  readonly lavapipe: string;
}

/** How a machine is asked; tests put another one in its place. */
export interface Machine {
  exists(path: string): boolean;
  readonly path: readonly string[];
}

/** Something is missing; the message names it and the packages to install. */
export class MissingToolsError extends Error {
  override readonly name = 'MissingToolsError';
}

const DRIVERS = '/usr/share/vulkan/icd.d';
const MESA = 'mesa-vulkan-drivers';

/** Finds everything; throws `MissingToolsError`, which lists all that is missing and how Debian installs it. */
export function findTools(machine: Machine = thisMachine()): Tools {
  const missing: { readonly what: string; readonly from: string }[] = [];
  const find = (what: string, from: string, ...candidates: readonly string[]): string => {
    const found = candidates.find((path) => machine.exists(path));
    if (found === undefined) missing.push({ what, from });
    return found ?? '';
  };
  const program = (name: string, from: string): string =>
    find(name, from, ...machine.path.map((folder) => join(folder, name)));
  const driver = (what: string, file: string): string =>
    find(what, MESA, ...['.json', '.x86_64.json', '.aarch64.json'].map((end) => join(DRIVERS, file + end)));

  const tools = {
    gcc: program('gcc', 'gcc'),
    spirvAs: program('spirv-as', 'spirv-tools'),
    radv: driver('RADV, the Vulkan driver for AMD GPUs', 'radeon_icd'),
    lavapipe: driver('lavapipe, the Vulkan driver for CPUs', 'lvp_icd'),
  };
  find('stdio.h, the headers of C', 'libc6-dev', '/usr/include/stdio.h');
  find('vulkan.h, the headers of Vulkan', 'libvulkan-dev', '/usr/include/vulkan/vulkan.h');
  if (missing.length === 0) return tools;
  const packages = [...new Set(missing.map(({ from }) => from))];
  throw new MissingToolsError(
    [
      'Kernels cannot be compiled for AMD GPUs here. Missing:',
      ...missing.map(({ what, from }) => `  ${what} (Debian package ${from})`),
      `Try: apt-get install ${packages.join(' ')}`,
      ...(packages.includes(MESA)
        ? [`${MESA} must be version 25 or later: Debian 12 has it in bookworm-backports (see the README).`]
        : []),
    ].join('\n'),
  );
}

/** Runs a tool and returns what it prints; throws an `Error` with its last words where it fails. */
export function run(program: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}): string {
  const { status, signal, error, stdout, stderr } = spawnSync(program, args, {
    encoding: 'utf8',
    env: { ...process.env, ...environment },
    maxBuffer: 1 << 28,
    timeout: 300_000,
  });
  if (status === 0) return stdout;
  if (error) throw new Error(`${program} cannot be run: ${error.message}`);
  const reason = signal ? `was ended by ${signal}` : `ended with code ${status}`;
  throw new Error(`${program} ${reason}: ${stderr.trim().slice(-2000)}`);
}

const thisMachine = (): Machine => ({
  exists: existsSync,
  path: (process.env['PATH'] ?? '').split(delimiter),
});
