/** What the compiler says of a text, as a list below its editor: each message leads to its line, unless it is about the whole. */
import type { RefObject } from 'preact';
import type { EditorHandle } from './editor.tsx';
import type { Mark } from './open-editor.ts';

export function Messages({
  of,
  editor,
}: {
  readonly of: readonly Mark[];
  readonly editor: RefObject<EditorHandle | null>;
}) {
  if (of.length === 0) return null;
  return (
    <ul class="messages" aria-label="What the compiler says">
      {of.map(({ line, column, text }, i) => (
        <li key={i}>
          {line > 0 && (
            <button type="button" class="quiet" onClick={() => editor.current?.goTo(line, column)}>
              line {line}
            </button>
          )}{' '}
          {text}
        </li>
      ))}
    </ul>
  );
}
