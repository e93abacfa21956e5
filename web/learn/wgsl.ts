// WGSL for the highlighter, which does not know it: https://www.w3.org/TR/WGSL/#keyword-summary
import type { LanguageFn } from 'highlight.js';

const KEYWORDS =
  'alias break case const const_assert continue continuing default diagnostic discard else enable false fn for if let loop override requires return struct switch true var while';
const TYPES =
  'array atomic bool f16 f32 i32 u32 mat2x2 mat2x2f mat2x2h mat3x3 mat3x3f mat4x4 mat4x4f ptr vec2 vec2f vec2h vec2i vec2u vec3 vec3f vec3h vec3i vec3u vec4 vec4f vec4h vec4i vec4u';

export const wgslLanguage: LanguageFn = ({ C_LINE_COMMENT_MODE, C_BLOCK_COMMENT_MODE }) => ({
  name: 'WGSL',
  keywords: { keyword: KEYWORDS, type: TYPES },
  contains: [
    C_LINE_COMMENT_MODE,
    C_BLOCK_COMMENT_MODE,
    { scope: 'meta', match: /@\w+/ },
    { scope: 'number', match: /\b(0x[\da-f]+|\d+(\.\d*)?(e[+-]?\d+)?)[iufh]?\b/i },
    { scope: 'title.function', match: /(?<=\bfn )\w+/ },
  ],
});
