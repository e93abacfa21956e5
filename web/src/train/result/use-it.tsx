/** Programs that use exactly this model, to copy: with its classes, and photos prepared as it was trained. */
import { useSignal } from '@preact/signals';
import type { Program } from '../../../../src/run/use-it/program.ts';
import { asking } from '../state/asking.ts';
import { Copy } from '../shared/copy.tsx';
import { engine } from '../state/engine.ts';
import { saveFile } from '../state/save.ts';

export function UseIt() {
  const programs = useSignal<readonly Program[]>([]);
  const load = async (isOpen: boolean) => {
    if (isOpen) programs.value = (await asking('Reading the model', () => engine.programs())) ?? [];
  };
  return (
    <details class="use-it" onToggle={({ currentTarget }) => void load(currentTarget.open)}>
      <summary>Use it in your own programs</summary>
      <p class="hint">
        Each of these reads a photo and prints what is on it, for exactly this model. They prepare the photo
        as in training: a model that predicts otherwise elsewhere was nearly always shown its photos
        otherwise.
      </p>
      {programs.value.map(({ title, needs, file, name, code }) => (
        <section key={title} aria-label={title}>
          <h4>{title}</h4>
          <p class="hint">
            <code>{needs}</code>, beside the file <code>{file}</code>
          </p>
          <p class="actions">
            <Copy text={code} what={`the program for ${title}`} />
            <button type="button" onClick={() => saveFile({ name, file: new Blob([code]) })}>
              Save {name}
            </button>
          </p>
          <pre tabIndex={0} aria-label={`Program for ${title}`}>
            {code}
          </pre>
        </section>
      ))}
    </details>
  );
}
