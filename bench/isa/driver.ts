// From SPIR-V to machine code, by RADV with no GPU behind it. Its null device needs a program that calls Vulkan
// (null-device.c), which is compiled here once a run.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseCompiled, type Compiled } from './compiled.ts';
import type { Spirv } from './spirv.ts';
import { run, type Tools } from './tools.ts';

/** A GPU to compile for: its architecture, and a chip of it by Mesa's name and by LLVM's. */
export interface Target {
  readonly name: string;
  readonly family: string;
  readonly chip: string;
}

export const TARGETS: readonly Target[] = [
  { name: 'RDNA3', family: 'navi31', chip: 'gfx1100' },
  { name: 'RDNA2', family: 'navi21', chip: 'gfx1030' },
];

/** RADV as a compiler; `close` removes its files. */
export class Driver {
  private readonly folder = mkdtempSync(join(tmpdir(), 'graft-isa-'));
  private readonly program = join(this.folder, 'null-device');

  /** Throws an `Error` with gcc's messages where the program cannot be built. */
  constructor(private readonly tools: Tools) {
    const source = fileURLToPath(new URL('null-device.c', import.meta.url));
    run(tools.gcc, ['-O1', source, '-o', this.program, '-lvulkan']);
  }

  /** Machine code and statistics of a kernel on a target; throws an `Error` if the driver refuses it. */
  compile({ text, entryPoint, bindings }: Spirv, { family }: Target): Compiled {
    const assembly = join(this.folder, 'kernel.spvasm');
    const binary = join(this.folder, 'kernel.spv');
    writeFileSync(assembly, text);
    run(this.tools.spirvAs, ['--target-env', 'vulkan1.3', assembly, '-o', binary]);
    const printed = run(this.program, [binary, entryPoint, bindings], {
      RADV_FORCE_FAMILY: family,
      VK_DRIVER_FILES: this.tools.radv,
      VK_ICD_FILENAMES: this.tools.radv,
      XDG_RUNTIME_DIR: tmpdir(),
    });
    return parseCompiled(printed);
  }

  close(): void {
    rmSync(this.folder, { recursive: true });
  }
}
