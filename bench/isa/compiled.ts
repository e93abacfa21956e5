// Reads what RADV prints of a compiled kernel: `Name: number` lines, then the disassembly.

/** A kernel on one GPU. */
export interface Compiled {
  /** Vector registers per lane. */
  readonly vgprs: number;
  /** Scalar registers that the code names; RDNA always gives a wave 128. */
  readonly sgprs: number;
  /** Registers that did not fit and live in memory. */
  readonly spills: number;
  /** Waves of 32 lanes that a SIMD holds at once; a wave of 64, in which RADV runs these kernels, counts as two. */
  readonly waves: number;
  /** Workgroup memory. */
  readonly ldsBytes: number;
  readonly codeBytes: number;
  readonly blocks: readonly Block[];
}

/** Instructions without a jump into their middle, in the order of the code. */
export interface Block {
  readonly label: string;
  readonly instructions: readonly Instruction[];
}

export interface Instruction {
  /** As the assembler writes it: `v_fmac_f32_e32`. */
  readonly operation: string;
  readonly operands: string;
}

/** Parses null-device's output; throws an `Error` that names a statistic or the code where it is missing. */
export function parseCompiled(printed: string): Compiled {
  const [numbers = '', code] = printed.split(/^=== Assembly$/m);
  if (code === undefined) throw new Error('The driver printed no machine code.');
  const statistic = (name: string): number => {
    const [, value] = new RegExp(`^${name}: (\\d+)$`, 'm').exec(numbers) ?? [];
    if (value === undefined)
      throw new Error(`The driver printed no "${name}": Mesa 25 is the oldest that is known to.`);
    return Number(value);
  };
  return {
    vgprs: statistic('VGPRs'),
    sgprs: namedScalars(code),
    spills: statistic('Spilled VGPRs') + statistic('Spilled SGPRs'),
    waves: statistic('Subgroups per SIMD'),
    ldsBytes: statistic('LDS size'),
    codeBytes: statistic('Code size'),
    blocks: parseBlocks(code),
  };
}

function parseBlocks(code: string): Block[] {
  const blocks: { label: string; instructions: Instruction[] }[] = [];
  for (const line of code.split('\n')) {
    const [, label] = /^(BB\d+):/.exec(line) ?? [];
    if (label !== undefined) blocks.push({ label, instructions: [] });
    // Behind the semicolon stand the instruction's bytes.
    const [, operation, operands] = /^\s+([a-z]\w+)\s*([^;]*)/.exec(line) ?? [];
    if (operation !== undefined && operands !== undefined)
      blocks.at(-1)?.instructions.push({ operation, operands: operands.trim() });
  }
  return blocks;
}

function namedScalars(code: string): number {
  let highest = -1;
  for (const [, single, last] of code.matchAll(/\bs(?:(\d+)\b|\[\d+:(\d+)\])/g))
    highest = Math.max(highest, Number(single ?? last));
  return highest + 1;
}
