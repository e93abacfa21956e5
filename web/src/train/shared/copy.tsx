/** A button that copies a text, and says that it has. */
import { useSignal } from '@preact/signals';

export function Copy({ text, what }: { readonly text: string; readonly what: string }) {
  const said = useSignal('');
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      said.value = 'Copied';
    } catch {
      said.value = 'The browser does not let this page copy: select the text instead';
    }
    setTimeout(() => (said.value = ''), 4000);
  };
  return (
    <>
      <button type="button" aria-label={`Copy ${what}`} onClick={() => void copy()}>
        Copy
      </button>
      <span role="status" class="hint">
        {said.value}
      </span>
    </>
  );
}
