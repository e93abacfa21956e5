/**
 * CodeMirror for WGSL, in a shadow root: there its styles are constructed sheets, which a page's policy allows, where in the page itself
 * they would be `style` elements, which it does not. Loaded by `import()`, since a page is to be read before anything is edited.
 */
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { bracketMatching, indentUnit } from '@codemirror/language';
import { lintGutter, setDiagnostics, type Diagnostic } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { colours, wgsl } from './wgsl-mode.ts';

/** Something to say about a place in the text. */
export interface Mark {
  readonly kind: 'error' | 'warning' | 'info';
  readonly text: string;
  /** From 1 on, both; a line of 0 is the text as a whole. */
  readonly line: number;
  readonly column: number;
  readonly length: number;
}

export interface OpenEditor {
  readonly text: string;
  /** Puts another text in its place; what was done before can be undone no more. */
  replace(text: string): void;
  /** Shows these marks and no others. */
  mark(marks: readonly Mark[]): void;
  /** Puts the cursor into a line. */
  goTo(line: number, column?: number): void;
  close(): void;
}

export interface EditorOptions {
  readonly text: string;
  /** For those who do not see it. */
  readonly label: string;
  readonly onChange: (text: string) => void;
  /** Ctrl or ⌘ with Enter. */
  readonly onRun?: (() => void) | undefined;
}

const theme = EditorView.theme({
  '&': { color: 'var(--ink)', backgroundColor: 'var(--soft)', fontSize: '0.8125rem', maxHeight: '36rem' },
  '&.cm-focused': { outline: '2px solid var(--accent)', outlineOffset: '2px' },
  '.cm-scroller': { fontFamily: 'ui-monospace, monospace', lineHeight: '1.45' },
  '.cm-content': { caretColor: 'var(--ink)' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '.cm-gutters': { color: 'var(--muted)', backgroundColor: 'var(--soft)', border: 'none' },
  '.cm-activeLine, .cm-activeLineGutter': {
    backgroundColor: 'color-mix(in srgb, var(--accent) 8%, transparent)',
  },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    background: 'color-mix(in srgb, var(--accent) 28%, transparent) !important',
  },
  '&.cm-focused .cm-matchingBracket': {
    backgroundColor: 'color-mix(in srgb, var(--accent) 20%, transparent)',
  },
  '.cm-tooltip': { color: 'var(--ink)', backgroundColor: 'var(--paper)', border: '1px solid var(--rule)' },
});

/** Opens an editor in an element that has no shadow root yet, or one that an editor before it left empty. */
export function openEditor(host: HTMLElement, { text, label, onChange, onRun }: EditorOptions): OpenEditor {
  const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
  const stateOf = (doc: string) =>
    EditorState.create({
      doc,
      extensions: [
        lineNumbers(),
        lintGutter(),
        history(),
        drawSelection(),
        highlightActiveLine(),
        highlightActiveLineGutter(),
        bracketMatching(),
        indentUnit.of('  '),
        wgsl,
        colours,
        theme,
        keymap.of([
          { key: 'Mod-Enter', run: () => (onRun?.(), onRun !== undefined) },
          ...defaultKeymap,
          ...historyKeymap,
          indentWithTab, // Escape, then Tab leaves the editor: CodeMirror's own way out
        ]),
        EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) onChange(update.state.doc.toString());
        }),
      ],
    });
  const view = new EditorView({ state: stateOf(text), parent: root, root });
  return {
    get text() {
      return view.state.doc.toString();
    },
    replace: (next) => view.setState(stateOf(next)),
    mark: (marks) =>
      view.dispatch(
        setDiagnostics(
          view.state,
          marks.map((mark) => diagnosticOf(view, mark)),
        ),
      ),
    goTo(line, column = 1) {
      const { from, to } = view.state.doc.line(Math.min(Math.max(1, line), view.state.doc.lines));
      view.dispatch({
        selection: { anchor: Math.min(from + column - 1, to) },
        effects: EditorView.scrollIntoView(from, { y: 'center' }),
      });
      view.focus();
    },
    close: () => view.destroy(),
  };
}

/** Where the text has changed since, at the nearest place that there is. */
function diagnosticOf(
  { state: { doc } }: EditorView,
  { kind, text, line, column, length }: Mark,
): Diagnostic {
  const { from: start, to: end } = doc.line(Math.min(Math.max(1, line), doc.lines));
  const from = Math.min(start + Math.max(0, column - 1), end);
  const to = Math.min(Math.max(from + length, from + (from < end ? 1 : 0)), doc.length);
  return { from, to, severity: kind, message: text };
}
