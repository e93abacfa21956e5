/** The exercises in their order, with what is solved. */
import { exercises } from '../../../../src/run/exercises/index.ts';
import { chosen, of, solvedCount } from './state.ts';

export function List() {
  return (
    <nav class="exercises" aria-label="Exercises">
      <p class="hint">
        {solvedCount.value} of {exercises.length} solved
      </p>
      <ol>
        {exercises.map((one) => (
          <li key={one.name}>
            <a href={`#${one.name}`} aria-current={one === chosen.value ? 'true' : undefined}>
              <span class="title">{one.title}</span>
              {of(one).isSolved && (
                <span class="done">
                  <span aria-hidden="true">{'\u00a0'}✓</span>
                  <span class="unseen">, solved</span>
                </span>
              )}
            </a>
          </li>
        ))}
      </ol>
    </nav>
  );
}
