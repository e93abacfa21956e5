/** The solution, for who asks twice. */
import type { Exercise } from '../../../../src/run/exercises/exercise.ts';
import { Coloured } from '../editor/coloured.tsx';
import { hideSolution, now, showSolution } from './state.ts';

export function Solution({ of }: { readonly of: Exercise }) {
  const { solution } = now.value;
  if (solution === 'hidden')
    return (
      <p>
        <button type="button" class="quiet" onClick={() => showSolution(of)}>
          Show the solution
        </button>
      </p>
    );
  if (solution === 'asked')
    return (
      <div class="notice">
        <p>One learns more from a hint and another try. Your text stays as it is.</p>
        <div class="actions">
          <button type="button" onClick={() => showSolution(of)}>
            Show it all the same
          </button>
          <button type="button" class="quiet" onClick={() => hideSolution(of)}>
            Not yet
          </button>
        </div>
      </div>
    );
  return (
    <section aria-labelledby="solution">
      <h2 id="solution">A solution</h2>
      <Coloured text={of.solution} label="The solution’s WGSL" />
      <p>{of.moral}</p>
      <button type="button" class="quiet" onClick={() => hideSolution(of)}>
        Hide it
      </button>
    </section>
  );
}
