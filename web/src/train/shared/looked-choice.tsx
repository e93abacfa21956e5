/** Whether pictures show where the network looked. */
import type { Signal } from '@preact/signals';

interface LookedChoiceProps {
  readonly shows: Signal<boolean>;
  readonly disabled?: boolean;
}

export function LookedChoice({ shows, disabled }: LookedChoiceProps) {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={shows.value}
        disabled={disabled}
        onChange={({ currentTarget }) => (shows.value = currentTarget.checked)}
      />{' '}
      Show where it looked
      <small>What spoke for its answer: the brighter, the more (Grad-CAM).</small>
    </label>
  );
}
