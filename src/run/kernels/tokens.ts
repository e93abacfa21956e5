/**
 * WGSL cut into tokens, line by line: for colours, and for finding names in a text without being misled by its comments. What a line means
 * depends on the lines before it only where a block comment is open, whose depth is the state between lines: they nest.
 */

export type TokenKind =
  | 'comment'
  | 'keyword'
  | 'type'
  | 'builtin'
  | 'attribute'
  | 'number'
  | 'name'
  | 'operator'
  | 'space'
  | 'unknown';

export interface Token {
  readonly kind: TokenKind;
  /** Where it begins and ends in its line. */
  readonly from: number;
  readonly to: number;
  /** How many block comments are open after it. */
  readonly depth: number;
}

const KEYWORDS = new Set(
  (
    'alias break case const const_assert continue continuing default diagnostic discard else enable fn for if let loop ' +
    'override requires return struct switch var while true false'
  ).split(' '),
);
const TYPES =
  /^(?:bool|[fiu]32|f16|vec[234][fiuh]?|mat[234]x[234][fh]?|array|atomic|ptr|sampler|texture_\w+)$/;
const BUILTINS = new Set(
  (
    'abs acos all any arrayLength asin atan atan2 atomicAdd atomicAnd atomicExchange atomicLoad atomicMax atomicMin atomicOr atomicStore ' +
    'atomicSub atomicXor bitcast ceil clamp cos cosh countOneBits cross degrees distance dot dot4I8Packed dot4U8Packed exp exp2 ' +
    'extractBits firstLeadingBit firstTrailingBit floor fma fract frexp insertBits inverseSqrt ldexp length log log2 max min mix ' +
    'modf normalize pack2x16float pack4x8unorm pow quantizeToF16 radians reflect reverseBits round saturate select sign sin sinh ' +
    'smoothstep sqrt step storageBarrier subgroupAdd subgroupAll subgroupAny subgroupBallot subgroupBroadcast ' +
    'subgroupBroadcastFirst subgroupElect subgroupExclusiveAdd subgroupInclusiveAdd subgroupMax subgroupMin subgroupShuffle ' +
    'subgroupShuffleXor tan tanh transpose trunc unpack2x16float unpack4x8unorm workgroupBarrier workgroupUniformLoad'
  ).split(' '),
);

/** Address spaces and access modes are words of a declaration's template list, and `step` is a function where it is called: elsewhere both are free for names. */
const CONTEXTUAL = /^(?:storage|uniform|workgroup|private|function|read|write|read_write)$/;
const IN_DECLARATION = /\b(?:var|ptr)\s*<(?:[^<>;()]|<[^<>]*>)*$/;
const CALLED = /^\s*\(/;

/** Each alternative begins where the last token ended; the first that fits counts. */
const PATTERNS: readonly (readonly [TokenKind, RegExp])[] = [
  ['space', /\s+/y],
  ['comment', /\/\/.*/y],
  ['attribute', /@\s*[A-Za-z_]\w*/y],
  [
    'number',
    /(?:0[xX](?:[\da-fA-F]*\.?[\da-fA-F]+|[\da-fA-F]+\.)(?:[pP][+-]?\d+)?|(?:\d+\.\d*|\.\d+|\d+)(?:[eE][+-]?\d+)?)[iufh]?/y,
  ],
  ['name', /[\p{XID_Start}_][\p{XID_Continue}]*/uy],
  ['operator', /->|&&|\|\||<<=?|>>=?|[-+*/%&|^=!<>]=|\+\+|--|[-+*/%&|^=!<>~?.,:;(){}[\]]/y],
];

/** The token that begins at `from`, where so many block comments are open; `from` lies in the line. */
export function tokenAt(line: string, from: number, depth: number): Token {
  if (depth > 0 || line.startsWith('/*', from)) return blockComment(line, from, depth);
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = from;
    const text = pattern.exec(line)?.[0];
    if (text === undefined) continue;
    const to = from + text.length;
    return { kind: kind === 'name' ? kindOfName(line, from, to) : kind, from, to, depth };
  }
  const width = (line.codePointAt(from) ?? 0) > 0xffff ? 2 : 1;
  return { kind: 'unknown', from, to: from + width, depth };
}

/** All tokens of a text, each with the place where it begins in the text, and without white space and comments. */
export function tokensOf(
  text: string,
): { readonly kind: TokenKind; readonly text: string; readonly at: number; readonly line: number }[] {
  const found = [];
  let [depth, start, number] = [0, 0, 1];
  for (const line of text.split('\n')) {
    for (let from = 0; from < line.length;) {
      const token = tokenAt(line, from, depth);
      if (token.kind !== 'space' && token.kind !== 'comment')
        found.push({ kind: token.kind, text: line.slice(from, token.to), at: start + from, line: number });
      from = token.to;
      depth = token.depth;
    }
    start += line.length + 1;
    number += 1;
  }
  return found;
}

function kindOfName(line: string, from: number, to: number): TokenKind {
  const name = line.slice(from, to);
  if (KEYWORDS.has(name)) return 'keyword';
  if (TYPES.test(name)) return 'type';
  if (CONTEXTUAL.test(name)) return IN_DECLARATION.test(line.slice(0, from)) ? 'type' : 'name';
  return BUILTINS.has(name) && CALLED.test(line.slice(to)) ? 'builtin' : 'name';
}

/** To where the comment closes, or to the line's end. */
function blockComment(line: string, from: number, open: number): Token {
  let [at, depth] = [from, open];
  while (at < line.length) {
    if (line.startsWith('/*', at)) {
      depth += 1;
      at += 2;
    } else if (line.startsWith('*/', at)) {
      depth -= 1;
      at += 2;
      if (depth === 0) break;
    } else at += 1;
  }
  return { kind: 'comment', from, to: at, depth };
}
