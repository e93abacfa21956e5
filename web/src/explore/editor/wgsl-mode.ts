/** WGSL for CodeMirror: the engine's own tokens as a stream, and a colour for each kind. */
import { HighlightStyle, StreamLanguage, syntaxHighlighting } from '@codemirror/language';
import { tags } from '@lezer/highlight';
import { tokenAt, type TokenKind } from '../../../../src/run/kernels/tokens.ts';

/** The names that CodeMirror knows kinds of tokens by. */
const NAMES: Readonly<Record<TokenKind, string | null>> = {
  comment: 'comment',
  keyword: 'keyword',
  type: 'typeName',
  builtin: 'standard',
  attribute: 'meta',
  number: 'number',
  name: 'variableName',
  operator: 'operator',
  space: null,
  unknown: 'invalid',
};

export const wgsl = StreamLanguage.define<{ depth: number }>({
  name: 'wgsl',
  startState: () => ({ depth: 0 }),
  copyState: ({ depth }) => ({ depth }),
  token(stream, state) {
    const { kind, to, depth } = tokenAt(stream.string, stream.pos, state.depth);
    stream.pos = to;
    state.depth = depth;
    return NAMES[kind];
  },
  languageData: { commentTokens: { line: '//', block: { open: '/*', close: '*/' } } },
  tokenTable: { standard: tags.standard(tags.name) },
});

/** The colours are the page's, so that they follow it from light to dark. */
export const colours = syntaxHighlighting(
  HighlightStyle.define([
    { tag: tags.comment, color: 'var(--code-comment)', fontStyle: 'italic' },
    { tag: tags.keyword, color: 'var(--code-keyword)' },
    { tag: tags.typeName, color: 'var(--code-type)' },
    { tag: tags.standard(tags.name), color: 'var(--code-builtin)' },
    { tag: tags.meta, color: 'var(--code-attribute)' },
    { tag: tags.number, color: 'var(--code-number)' },
    { tag: tags.invalid, color: 'var(--wrong)' },
  ]),
);
