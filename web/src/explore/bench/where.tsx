/** The device, and how finely it can be timed. */
import { STEPS_A_SAMPLE } from '../../../../src/bench/benchmark.ts';
import { placeOf, type Circumstances } from '../../../../src/bench/results.ts';
import { time } from '../../../../src/bench/units.ts';
import './where.css';

export function Where({ of }: { readonly of: Circumstances }) {
  const { adapter, grain } = of;
  return (
    <dl class="where">
      <div>
        <dt>Adapter</dt>
        <dd>
          {adapter.name}
          {adapter.kind === 'software' && ', a processor: some tens of times slower than a GPU'}
        </dd>
      </div>
      <div>
        <dt>Browser</dt>
        <dd>{placeOf(of)}</dd>
      </div>
      {grain && (
        <div>
          <dt>Clock</dt>
          <dd>
            moves in steps of {time(grain.wall)}, measured in this tab; a sample is repeated until it lasts{' '}
            {STEPS_A_SAMPLE} of them
          </dd>
        </div>
      )}
      {grain && (
        <div>
          <dt>GPU timestamps</dt>
          <dd>{grain.gpu === undefined ? 'none' : `move in steps of ${time(grain.gpu)}, or less`}</dd>
        </div>
      )}
    </dl>
  );
}
