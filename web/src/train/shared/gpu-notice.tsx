/** Says where there is no graphics card, or a slow stand-in, what helps; photos and models of before stay at hand. */
import { signal } from '@preact/signals';
import { visitorOf } from './browser.ts';
import { adviceFor } from './no-gpu.ts';

/** Why there is no device for the engine, or `software` where it is a CPU; undefined where all is well. */
export const gpuProblem = signal<string | undefined>(undefined);
/** Whether training is out of the question. */
export const hasNoGpu = (): boolean => gpuProblem.value !== undefined && gpuProblem.value !== 'software';

export function GpuNotice() {
  const kind = gpuProblem.value;
  if (kind === undefined) return null;
  const { title, steps } = adviceFor(kind, visitorOf(navigator.userAgent, navigator.maxTouchPoints));
  const isSlow = kind === 'software';
  const list = (
    <ul class="steps">
      {steps.map((step) => (
        <li key={step}>{step}</li>
      ))}
    </ul>
  );
  if (isSlow)
    return (
      <details class="notice">
        <summary>{title}</summary>
        {list}
      </details>
    );
  return (
    <section class="notice stop" aria-labelledby="no-gpu" data-kind={kind}>
      <h2 id="no-gpu">{title}</h2>
      <p>
        Photos can be gathered and looked at, and models taken away; to train and to try them takes a graphics
        card.
      </p>
      {list}
    </section>
  );
}
