/** WGSL's tokens: every kernel of the catalogue is cut without a rest, and comments mislead nobody. */
import { describe, expect, it } from 'vitest';
import { expand, operations } from './index.ts';
import { tokenAt, tokensOf } from './tokens.ts';

/** The tokens of a line that are no white space, as `kind:text`. */
function cut(line: string, depth = 0): string[] {
  const found: string[] = [];
  for (let from = 0; from < line.length;) {
    const token = tokenAt(line, from, depth);
    expect(token.from).toBe(from);
    expect(token.to).toBeGreaterThan(from);
    if (token.kind !== 'space') found.push(`${token.kind}:${line.slice(from, token.to)}`);
    from = token.to;
    depth = token.depth;
  }
  return found;
}

describe('tokens', () => {
  it('are all known in the engine’s own kernels, and lie where they say', () => {
    let count = 0;
    const astray: string[] = [];
    for (const { name } of operations.filter(({ name }) => !name.endsWith('6-subgroup')))
      for (const { wgsl } of expand({ name, adapter: 'gpu' }).kernels) {
        const lines = wgsl.split('\n');
        for (const { kind, text, at, line } of tokensOf(wgsl)) {
          const lies = wgsl.startsWith(text, at) && lines[line - 1]?.includes(text);
          if (kind === 'unknown' || !lies) astray.push(`${name} ${line}: ${text}`);
          count += 1;
        }
      }
    expect(astray).toEqual([]);
    expect(count).toBeGreaterThan(20_000);
  });

  it('tell keywords, types, functions, attributes and numbers', () => {
    expect(cut('@group(0) @binding(1) var<storage, read_write> y: array<vec4f>;')).toEqual([
      ...['attribute:@group', 'operator:(', 'number:0', 'operator:)', 'attribute:@binding', 'operator:('],
      ...['number:1', 'operator:)', 'keyword:var', 'operator:<', 'type:storage', 'operator:,'],
      ...['type:read_write', 'operator:>', 'name:y', 'operator::', 'type:array', 'operator:<', 'type:vec4f'],
      ...['operator:>', 'operator:;'],
    ]);
    expect(cut('x<<=fma(1.5e-3f, .5h, 0x1p-4)+0xffu-1i;')).toEqual([
      ...[
        'name:x',
        'operator:<<=',
        'builtin:fma',
        'operator:(',
        'number:1.5e-3f',
        'operator:,',
        'number:.5h',
      ],
      ...['operator:,', 'number:0x1p-4', 'operator:)', 'operator:+', 'number:0xffu', 'operator:-'],
      ...['number:1i', 'operator:;'],
    ]);
    expect(cut('größe = 名 # 𝄞')).toEqual(['name:größe', 'operator:=', 'name:名', 'unknown:#', 'unknown:𝄞']);
  });

  it('leave words to variables where they declare or call nothing', () => {
    const kinds = (line: string, word: string) => cut(line).filter((one) => one.endsWith(`:${word}`));
    expect(kinds('for (var step = 1u; step < 9u; step++) {', 'step')).toEqual(Array(3).fill('name:step'));
    expect(kinds('x = step (0.5, y);', 'step')).toEqual(['builtin:step']);
    expect(kinds('let workgroup = f(a < b, workgroup.x);', 'workgroup')).toEqual(
      Array(2).fill('name:workgroup'),
    );
    expect(kinds('var<workgroup> workgroup: array<f32, 4>;', 'workgroup')).toEqual([
      'type:workgroup',
      'name:workgroup',
    ]);
    expect(kinds('fn f(p: ptr<storage, array<f32>, read>) {', 'read')).toEqual(['type:read']);
  });

  it('know comments, nested ones over lines too', () => {
    expect(cut('a // for b')).toEqual(['name:a', 'comment:// for b']);
    expect(cut('a /* b /* c */ d */ e')).toEqual(['name:a', 'comment:/* b /* c */ d */', 'name:e']);
    expect(tokenAt('/* a /* b', 0, 0)).toMatchObject({ to: 9, depth: 2 });
    expect(tokenAt('c */ d */ e', 0, 2)).toMatchObject({ to: 9, depth: 0 });
    expect(tokensOf('/* for\n(;;) {} */ x').map(({ text, line }) => [text, line])).toEqual([['x', 2]]);
  });
});
