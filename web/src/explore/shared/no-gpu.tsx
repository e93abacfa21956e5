/** Says why this browser has no device to compute on, and what its visitor can do about it. */
import type { ComponentChildren } from 'preact';
import { visitorOf } from '../../train/shared/browser.ts';
import { adviceFor } from '../../train/shared/no-gpu.ts';

/** `problem` is the kind of a `WebGpuError`; the children say what the page can do all the same. */
export function NoGpu({
  problem,
  terminal = 'Or measure in a terminal, on any machine with Node.',
  children,
}: {
  readonly problem: string;
  /** What can be done elsewhere. */
  readonly terminal?: string;
  readonly children: ComponentChildren;
}) {
  const visitor = visitorOf(navigator.userAgent, navigator.maxTouchPoints);
  const { title, steps } = adviceFor(problem, visitor, terminal);
  return (
    <section class="notice" aria-labelledby="no-gpu" data-kind={problem}>
      <h2 id="no-gpu">{title}</h2>
      <p>{children}</p>
      <ul class="steps">
        {steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ul>
    </section>
  );
}
