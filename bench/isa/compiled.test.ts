import { describe, expect, it } from 'vitest';
import { parseCompiled } from './compiled.ts';
import { count, countWithStaging, fmaShare, hotLoop, printLoop } from './hot-loop.ts';

/** A kernel in the driver's words: 16 turns around two multiply-adds, one of them in a dual instruction, after staging. */
const PRINTED = `Device: Null hardware (RADV NAVI31)
SGPRs: 128
VGPRs: 60
Spilled SGPRs: 1
Spilled VGPRs: 2
Code size: 3556
LDS size: 4096
Subgroups per SIMD: 16
=== Assembly
BB0:
	s_load_b128 s[8:11], s[2:3], 0x30                           ; f4080201 f8000030
	v_fma_f32 v9, v1, v2, v3                                    ; d6130009 040e0501
BB1:
	buffer_load_b128 v[4:7], v3, s[8:11], 0 offen               ; e05c0000 80420403
	v_mad_u32_u24 v9, v1, v2, v3                                ; d60b0009 040e0501
	s_waitcnt vmcnt(0)                                          ; bf8903f7
	ds_store_b128 v1, v[4:7]                                    ; db7c0000 00000401
BB2:
	s_delay_alu instid0(VALU_DEP_1)                             ; bf870001
	ds_load_b64 v[4:5], v10                                     ; d9d80000 0400000a
	v_fmac_f32_e32 v35, v109, v119                              ; 5646ef6d
	v_dual_fmac_f32 v5, v1, v2 :: v_dual_mov_b32 v4, 0          ; c8100080 05040080
	s_cmp_ge_u32 s1, 16                                         ; bf099001
	s_cbranch_scc0 BB2                                          ; bfa1ffa9
BB3:
	s_cbranch_scc1 BB5                                          ; bfa20001
BB4:
	s_branch BB1                                                ; bfa0fee9
BB5:
	s_endpgm                                                    ; bfb00000
`;

/** Just the code. */
const blocksOf = (code: string) =>
  parseCompiled(PRINTED.replace(/=== Assembly[^]*/, `=== Assembly\n${code}`)).blocks;

/** The hot loop of PRINTED, counting up to its 16 by ones. */
const COUNTED = PRINTED.replace('\ts_cmp_ge_u32', '\ts_add_u32 s1, s1, 1\n\ts_cmp_ge_u32');

describe('parseCompiled', () => {
  it('reads the statistics and counts the scalar registers that the code names', () => {
    const { blocks, ...numbers } = parseCompiled(PRINTED);
    expect(numbers).toEqual({
      vgprs: 60,
      sgprs: 12,
      spills: 3,
      waves: 16,
      ldsBytes: 4096,
      codeBytes: 3556,
    });
    expect(blocks.map(({ label }) => label)).toEqual(['BB0', 'BB1', 'BB2', 'BB3', 'BB4', 'BB5']);
    expect(blocks[3]?.instructions).toEqual([{ operation: 's_cbranch_scc1', operands: 'BB5' }]);
  });

  it('says which statistic is missing', () => {
    expect(() => parseCompiled(PRINTED.replace(/^VGPRs.*\n/m, ''))).toThrow('no "VGPRs": Mesa 25');
  });

  it('says when there is no code', () => {
    expect(() => parseCompiled('VGPRs: 60\n')).toThrow('no machine code');
  });
});

describe('hotLoop', () => {
  it('is the inner of two loops; dual halves count apart, hints and integer multiply-adds do not', () => {
    const loop = hotLoop(parseCompiled(PRINTED).blocks);
    expect(loop?.map(({ label }) => label)).toEqual(['BB2']);
    const counts = count(loop ?? []);
    expect(counts).toEqual({ fmas: 2, operations: 6, lds: 1, memory: 0 });
    expect(fmaShare(counts)).toBeCloseTo(1 / 3);
  });

  it('takes the outer loop where the inner one has been unrolled, with the staging in it', () => {
    const loop = hotLoop(
      blocksOf(`BB1:
	ds_load_b32 v1, v2
	v_fmac_f32_e32 v3, v1, v1
	v_fmac_f32_e32 v4, v1, v1
BB2:
	s_cbranch_scc0 BB1
`),
    );
    expect(count(loop ?? [])).toEqual({ fmas: 2, operations: 4, lds: 1, memory: 0 });
  });

  it('prefers the loop with the arithmetic to a small one with little', () => {
    const loop = hotLoop(
      blocksOf(`BB1:
	v_fmac_f32_e32 v3, v1, v1
	s_cbranch_scc0 BB1
BB2:
${'	v_fmac_f32_e32 v3, v1, v1\n'.repeat(8)}	s_nop 0
	s_cbranch_scc0 BB2
`),
    );
    expect(count(loop ?? []).fmas).toBe(8);
  });

  it('is undefined without a loop that multiplies', () => {
    expect(hotLoop(blocksOf('BB0:\n	v_fmac_f32_e32 v3, v1, v1\n	s_endpgm\n'))).toBeUndefined();
    expect(hotLoop(blocksOf('BB0:\n	v_add_f32_e32 v3, v1, v1\n	s_branch BB0\n'))).toBeUndefined();
    expect(fmaShare(count([]))).toBe(0);
  });

  it('prints without bytes', () => {
    expect(
      printLoop(hotLoop(blocksOf('BB7:\n	v_fmac_f32_e32 v3, v1, v1 ; 5646ef6d\n	s_branch BB7 ; b\n')) ?? []),
    ).toBe('BB7:\n  v_fmac_f32_e32 v3, v1, v1\n  s_branch BB7');
  });
});

describe('countWithStaging', () => {
  const counted = (printed: string) => {
    const { blocks } = parseCompiled(printed);
    return countWithStaging(blocks, hotLoop(blocks) ?? []);
  };

  it('adds what stands around the hot loop to all of its turns', () => {
    // A turn of BB2 is 7 operations; BB1, BB3 and BB4 are 3, 1 and 1.
    expect(counted(COUNTED)).toEqual({ fmas: 16 * 2, operations: 16 * 7 + 5, lds: 16 + 1, memory: 1 });
  });

  it('is unknown where the turns cannot be read', () => {
    expect(counted(PRINTED)).toBeUndefined();
    expect(counted(COUNTED.replace('s_cmp_ge_u32 s1, 16', 's_cmp_ge_u32 s1, s4'))).toBeUndefined();
  });

  it('is the hot loop itself where that does the fetching', () => {
    const blocks = blocksOf('BB1:\n\tbuffer_load_b32 v1, v2\n\tv_fmac_f32_e32 v3, v1, v1\n\ts_branch BB1\n');
    expect(countWithStaging(blocks, blocks)).toEqual({ fmas: 1, operations: 3, lds: 0, memory: 1 });
  });
});
