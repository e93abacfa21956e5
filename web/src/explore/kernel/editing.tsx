/** The kernel's text, to read and to change, with what the compiler said of it; and the buttons that do something about it. */
import { useRef } from 'preact/hooks';
import { signal } from '@preact/signals';
import { Editor, type EditorHandle } from '../editor/editor.tsx';
import { Messages } from '../editor/messages.tsx';
import type { Mark } from '../editor/open-editor.ts';
import type { ExpandedKernel } from '../../../../src/run/kernels/index.ts';
import { hashOf } from './link.ts';
import { isCurrent, isRunning, result, run, stage, stop } from './run.ts';
import { adapter, bench, edit, isAdapterKnown, isEdited, textOf, trial } from './state.ts';

const NO_MARKS: readonly Mark[] = [];
const copied = signal<'copied' | 'in the address' | undefined>(undefined);

export function Editing({ of }: { readonly of: ExpandedKernel }) {
  const editor = useRef<EditorHandle | null>(null);
  const marks = marksOf(of);
  return (
    <>
      <Editor
        text={textOf(of)}
        marks={marks}
        label={`WGSL of ${of.name}`}
        onChange={(text) => {
          copied.value = undefined;
          edit(of, text);
        }}
        run={{ button: 'Run', press: () => void run() }}
        onOpen={(opened) => (editor.current = opened)}
      />
      <Messages of={marks} editor={editor} />
      <div class="actions">
        <button
          type="button"
          class="main"
          disabled={isRunning.value || !adapter.value || 'problem' in bench.value}
          onClick={() => void run()}
        >
          Run
        </button>
        {isRunning.value && (
          <button type="button" onClick={stop}>
            Stop
          </button>
        )}
        <button type="button" disabled={!isEdited(of)} onClick={() => edit(of, of.wgsl)}>
          Back to the original
        </button>
        <button type="button" onClick={() => void link(of)}>
          Link to this
        </button>
        <span role="status" class="hint">
          {stage.value !== undefined ? STAGES[stage.value] : saidOfLink()}
        </span>
      </div>
      {isAdapterKnown.value && !adapter.value && (
        <p class="notice">
          This browser offers no WebGPU, so nothing can be run here. Kernels are shown as a GPU with subgroups
          of 32 lanes would get them.
        </p>
      )}
    </>
  );
}

const STAGES = {
  opening: 'opening a device …',
  compiling: 'compiling …',
  running: 'running …',
  comparing: 'comparing with plain loops …',
  timing: 'timing …',
} as const;

const saidOfLink = (): string => {
  if (copied.value === undefined) return '';
  return copied.value === 'copied'
    ? 'The link is copied: it opens this text and runs nothing.'
    : 'The link is in the address bar: it opens this text and runs nothing.';
};

/** The compiler's messages, while they are about the text that stands there. */
function marksOf({ name }: ExpandedKernel): readonly Mark[] {
  const { value } = result;
  if (!value || value.outcome.kind !== 'judged' || !isCurrent(value)) return NO_MARKS;
  const { judgement } = value.outcome;
  return judgement.kind === 'does-not-compile' && judgement.kernel === name ? judgement.messages : NO_MARKS;
}

async function link(of: ExpandedKernel): Promise<void> {
  const change = isEdited(of) ? { kernel: of.name, text: textOf(of) } : undefined;
  history.replaceState(null, '', await hashOf({ trial: trial.value, edit: change }));
  copied.value = await navigator.clipboard.writeText(location.href).then(
    () => 'copied' as const,
    () => 'in the address' as const,
  );
}
