/** What the model takes a picture for: a bar for each class, the likeliest first. */
import { percent } from '../../../../src/format.ts';
import { nowCalled } from '../state/photos.ts';
import { run } from '../state/run.ts';
import type { PredictAnswer } from '../../engine/calls/models.ts';

export function Bars({ ranked }: Pick<PredictAnswer, 'ranked'>) {
  return (
    <dl class="bars">
      {ranked.map((one) => (
        <div key={one.class}>
          <dt>{nowCalled(one.class, run.value?.name)}</dt>
          <dd>
            <meter value={one.probability} max={1} aria-label={one.class} /> {percent(one.probability)}
          </dd>
        </div>
      ))}
    </dl>
  );
}
