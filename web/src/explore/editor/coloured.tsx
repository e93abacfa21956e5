/** WGSL to read: the editor's colours without the editor. */
import { tokenAt, type Token } from '../../../../src/run/kernels/tokens.ts';

export function Coloured({ text, label }: { readonly text: string; readonly label?: string | undefined }) {
  let depth = 0;
  return (
    <pre class="wgsl" tabIndex={0} aria-label={label} role={label === undefined ? undefined : 'region'}>
      {text.split('\n').map((line, i) => {
        const tokens = tokensOfLine(line, depth);
        depth = tokens.at(-1)?.depth ?? depth;
        return (
          <code key={i}>
            {tokens.map(({ kind, from, to }) =>
              kind === 'space' || kind === 'name' || kind === 'operator' ? (
                line.slice(from, to)
              ) : (
                <span key={from} class={kind}>
                  {line.slice(from, to)}
                </span>
              ),
            )}
            {'\n'}
          </code>
        );
      })}
    </pre>
  );
}

function tokensOfLine(line: string, open: number): Token[] {
  const tokens: Token[] = [];
  for (let from = 0, depth = open; from < line.length;) {
    const token = tokenAt(line, from, depth);
    tokens.push(token);
    ({ to: from, depth } = token);
  }
  return tokens;
}
