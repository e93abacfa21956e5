// From WGSL to SPIR-V, by the compiler that a user's WebGPU would take: Dawn's. All kernels go through one process, and
// their dumps are told apart by a comment that is put on top of each kernel's text, which Dawn prints back before it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run, type Tools } from './tools.ts';

/** A kernel's text. */
export interface Source {
  readonly name: string;
  readonly code: string;
  readonly entryPoint: string;
}

/** A kernel as SPIR-V assembly, and what a driver must be told to compile it. */
export interface Spirv {
  readonly text: string;
  readonly entryPoint: string;
  /** A letter for each binding from 0 on: `u` a uniform buffer, `s` a storage buffer. */
  readonly bindings: string;
}

const mark = (index: number): string => `// bench:isa kernel ${index}`;

/** The SPIR-V of each source, in order; throws an `Error` with Dawn's message where a kernel does not compile. */
export function toSpirv(tools: Tools, sources: readonly Source[]): Spirv[] {
  const folder = mkdtempSync(join(tmpdir(), 'graft-isa-'));
  try {
    const file = join(folder, 'kernels.json');
    const marked = sources.map((source, i) => ({ ...source, code: `${mark(i)}\n${source.code}` }));
    writeFileSync(file, JSON.stringify(marked));
    const program = fileURLToPath(new URL('dump-spirv.ts', import.meta.url));
    // lavapipe everywhere, so that all machines get the same text: Dawn writes bounds checks only where a driver has none.
    const environment = { VK_DRIVER_FILES: tools.lavapipe, VK_ICD_FILENAMES: tools.lavapipe };
    const printed = run(process.execPath, ['--import', 'tsx', program, file], {
      XDG_RUNTIME_DIR: tmpdir(),
      ...environment,
    });
    return parseDumps(printed, sources);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Finds each source's SPIR-V in what Dawn printed. */
export function parseDumps(printed: string, sources: readonly Source[]): Spirv[] {
  return sources.map(({ name }, i) => {
    const start = printed.indexOf(`${mark(i)}\n`);
    const next = printed.indexOf(`${mark(i + 1)}\n`);
    const dump = start < 0 ? '' : printed.slice(start, next < 0 ? undefined : next);
    const from = dump.indexOf('; SPIR-V');
    const last = dump.lastIndexOf('OpFunctionEnd');
    if (from < 0 || last < 0)
      throw new Error(`${name}: Dawn printed no SPIR-V for it; is the adapter a Vulkan one?`);
    return describe(name, dump.slice(from, last + 'OpFunctionEnd'.length));
  });
}

function describe(name: string, assembly: string): Spirv {
  // spirv-as of Debian 12 does not know this extension, which changes nothing for one invocation's arithmetic.
  const text = assembly.replace(/^.*(MaximallyReconverges|SPV_KHR_maximal_reconvergence).*$/gm, '');
  const entryPoint = /OpEntryPoint GLCompute \S+ "([^"]+)"/.exec(text)?.[1];
  if (entryPoint === undefined) throw new Error(`${name}: its SPIR-V has no compute entry point.`);
  const uniform = new Set(Array.from(text.matchAll(/(%\S+) = OpVariable %\S+ Uniform\b/g), ([, id]) => id));
  const bindings: string[] = [];
  for (const [, id, binding] of text.matchAll(/OpDecorate (%\S+) Binding (\d+)/g)) {
    bindings[Number(binding)] = uniform.has(id) ? 'u' : 's';
  }
  return { text, entryPoint, bindings: Array.from(bindings, (kind) => kind ?? 's').join('') };
}
