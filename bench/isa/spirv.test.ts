import { describe, expect, it } from 'vitest';
import { parseDumps } from './spirv.ts';

const source = (name: string) => ({ name, code: '', entryPoint: 'main' });
const dump = (index: number, entryPoint: string, ...lines: string[]) => `info:
// Dumped WGSL:
// bench:isa kernel ${index}
fn main() {}
/* Dumped SPIRV disassembly */
; SPIR-V
               OpExtension "SPV_KHR_maximal_reconvergence"
               OpEntryPoint GLCompute %main "${entryPoint}" %1 %2
               OpExecutionMode %main MaximallyReconverges
${lines.join('\n')}
               OpFunctionEnd
info: over
`;

describe('parseDumps', () => {
  const printed = [
    dump(
      0,
      'first',
      '               OpDecorate %1 Binding 0',
      '               OpDecorate %2 Binding 2',
      '          %1 = OpVariable %_ptr_StorageBuffer_A StorageBuffer',
      '          %2 = OpVariable %_ptr_Uniform_B Uniform',
    ),
    dump(1, 'second'),
  ].join('');

  it('tells the dumps apart', () => {
    const [first, second] = parseDumps(printed, [source('a'), source('b')]);
    expect(first?.entryPoint).toBe('first');
    expect(second?.entryPoint).toBe('second');
    expect(second?.text).not.toContain('over');
  });

  it('reads the bindings, with a storage buffer in a gap', () => {
    expect(parseDumps(printed, [source('a'), source('b')])[0]?.bindings).toBe('ssu');
  });

  it('drops the extension that assemblers may not know', () => {
    expect(parseDumps(printed, [source('a'), source('b')])[0]?.text).not.toMatch(/maximal/i);
  });

  it('names the kernel that was not dumped', () => {
    expect(() => parseDumps(printed, [source('a'), source('b'), source('c')])).toThrow(/^c: Dawn printed no/);
  });
});
