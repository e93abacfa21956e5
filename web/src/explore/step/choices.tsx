/** What the step is of: network, batch, size, and which stages are trained. */
import { networkNames, networks } from '../../../../src/networks/index.ts';
import { Select } from '../shared/select.tsx';
import { batchSizes, sizes } from './choice.ts';
import { choice, choose, stages } from './state.ts';

export function Choices() {
  const { network, batchSize, size, bn, firstTrained, withWinograd, fused } = choice.value;
  return (
    <section aria-labelledby="choices">
      <h2 id="choices">The step</h2>
      <div class="fields">
        <Select
          label="Network"
          value={network}
          of={networkNames.map((name) => [name, networks[name].title])}
          onChoose={(value) => choose({ network: value })}
        />
        <Select
          label="Batch size"
          value={batchSize}
          of={numbers(batchSizes)}
          onChoose={(value) => choose({ batchSize: value })}
        />
        <Select
          label="Image size"
          value={size}
          of={numbers(sizes)}
          onChoose={(value) => choose({ size: value })}
        />
        <Select
          label="Frozen batch norm by"
          value={bn}
          of={[
            ['running', 'running statistics'],
            ['batch', 'those of the batch'],
          ]}
          onChoose={(value) => choose({ bn: value })}
        />
        <Select
          label="Convolutions"
          value={withWinograd ? 'with' : 'without'}
          of={[
            ['with', 'Winograd where it pays'],
            ['without', 'direct only'],
          ]}
          onChoose={(value) => choose({ withWinograd: value === 'with' })}
        />
        <Select
          label="Norm, add and ReLU"
          value={fused ? 'fused' : 'apart'}
          of={[
            ['fused', 'in the convolution’s kernel'],
            ['apart', 'in kernels of their own'],
          ]}
          onChoose={(value) => choose({ fused: value === 'fused' })}
        />
      </div>
      <ol class="stages" aria-label="Stages, from the photo to the answer">
        {stages.value.map(({ name }, i) => {
          const isTrained = i >= firstTrained;
          const isHead = i === stages.value.length - 1;
          return (
            <li key={name}>
              <button
                type="button"
                aria-pressed={isTrained}
                onClick={() => choose({ firstTrained: isTrained && !isHead ? i + 1 : i })}
              >
                <strong>{name}</strong> <span>{isTrained ? 'trained' : 'frozen'}</span>
              </button>
            </li>
          );
        })}
      </ol>
      <p class="hint">
        A click trains a stage and all after it, or freezes it and all before it: gradients stop at the first
        stage that needs none.
      </p>
    </section>
  );
}

const numbers = <N extends number>(list: readonly N[]): (readonly [N, string])[] =>
  list.map((one) => [one, String(one)]);
