/**
 * A WGSL editor: the coloured text at once, and CodeMirror in its place as soon as it is loaded. The text belongs to whoever shows the
 * editor: it is told every change, and `text` is put in when it differs from what stands there.
 */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Coloured } from './coloured.tsx';
import type { Mark, OpenEditor } from './open-editor.ts';
import './editor.css';

export interface EditorHandle {
  goTo(line: number, column?: number): void;
}

export function Editor({
  text,
  marks = [],
  label,
  onChange,
  run,
  onOpen,
}: {
  readonly text: string;
  readonly marks?: readonly Mark[];
  readonly label: string;
  readonly onChange: (text: string) => void;
  /** What Ctrl+Enter does: the same as pressing a button, by what is written on it. */
  readonly run: { readonly button: string; readonly press: () => void };
  readonly onOpen?: (editor: EditorHandle) => void;
}) {
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<OpenEditor | null>(null);
  const [state, setState] = useState<'loading' | 'open' | 'failed'>('loading');
  // The handlers of the latest drawing: the editor is opened once.
  const latest = useRef({ text, onChange, run });
  latest.current = { text, onChange, run };

  useEffect(() => {
    let isGone = false;
    import('./open-editor.ts').then(
      ({ openEditor }) => {
        if (isGone || !host.current) return;
        const opened = openEditor(host.current, {
          ...{ text: latest.current.text, label },
          onChange: (next) => latest.current.onChange(next),
          onRun: () => latest.current.run.press(),
        });
        editor.current = opened;
        setState('open');
        onOpen?.(opened);
      },
      () => setState('failed'),
    );
    return () => {
      isGone = true;
      editor.current?.close();
      editor.current = null;
    };
  }, []);

  // At once and not after the next frame, by when more may have been typed.
  useLayoutEffect(() => {
    if (editor.current && editor.current.text !== text) editor.current.replace(text);
  }, [text]);
  useEffect(() => editor.current?.mark(marks), [marks, state]);

  return (
    <div class="editor">
      {state !== 'open' && <Coloured text={text} label={label} />}
      {state === 'failed' && (
        <p role="alert">The editor could not be loaded, so this is to read alone: reload the page.</p>
      )}
      <div ref={host} hidden={state !== 'open'} />
      {state === 'open' && (
        <p class="hint">
          Tab indents; to leave the editor by keyboard press Escape, then Tab. Ctrl+Enter (⌘+Enter) presses{' '}
          {run.button}.
        </p>
      )}
    </div>
  );
}
