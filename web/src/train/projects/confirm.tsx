/** Asks before something is removed for good. */
import { signal } from '@preact/signals';
import { Dialog } from './dialog.tsx';

interface Question {
  readonly title: string;
  readonly text: string;
  readonly button: string;
  readonly yes: () => Promise<void>;
}

const question = signal<Question | undefined>(undefined);

/** Shows the question; `yes` is done where the answer is yes. */
export function ask(asked: Question): void {
  question.value = asked;
}

export function Confirm() {
  const close = () => (question.value = undefined);
  const { title = '', text, button, yes } = question.value ?? {};
  return (
    <Dialog title={title} isOpen={question.value !== undefined} close={close}>
      <p>{text}</p>
      <p class="actions">
        <button
          type="button"
          class="main"
          onClick={() => {
            close();
            void yes?.();
          }}
        >
          {button}
        </button>
        <button type="button" onClick={close}>
          Keep it
        </button>
      </p>
    </Dialog>
  );
}
