/** Which operation, by which algorithm, at which sizes. */
import type { SizeField } from '../../../../src/run/lab/operation.ts';
import { Select } from '../shared/select.tsx';
import {
  algorithms,
  caseName,
  chooseAlgorithm,
  chooseFamily,
  chooseOperation,
  chooseSizes,
  families,
  operation,
  partsOf,
  partsOfFamily,
  trial,
} from './state.ts';

const OWN = '(own sizes)';

export function Choices() {
  const { name, about, fields, cases } = operation.value;
  const [family] = partsOf(name);
  const parts = partsOfFamily(family);
  const { sizes, algorithm } = trial.value;
  return (
    <section aria-labelledby="choices">
      <h2 id="choices">The operation</h2>
      <div class="fields">
        <Select label="Operation" value={family} of={families.map(same)} onChoose={chooseFamily} />
        {parts.length > 1 && (
          <Select
            label={family.startsWith('ladder') ? 'Rung' : 'Pass'}
            value={name}
            of={parts.map((one) => [one.name, partsOf(one.name)[1] || one.name])}
            onChoose={chooseOperation}
          />
        )}
        {algorithms.value.length > 1 && (
          <Select
            label="Algorithm and tile"
            value={algorithm ?? algorithms.value[0] ?? ''}
            of={algorithms.value.map((one, i) => [one, i === 0 ? `${one} (the rule’s choice)` : one])}
            onChoose={(one) => chooseAlgorithm(one === algorithms.value[0] ? undefined : one)}
          />
        )}
        <Select
          label="Sizes"
          value={caseName.value ?? OWN}
          of={[...cases.map((one) => one.name), ...(caseName.value === undefined ? [OWN] : [])].map(same)}
          onChoose={(chosen) => {
            const found = cases.find((one) => one.name === chosen);
            if (found) chooseSizes(found.sizes);
          }}
        />
      </div>
      <div class="fields sizes" role="group" aria-label="Sizes, one by one">
        {fields.map((one) => (
          <Size key={`${name} ${one.name}`} field={one} value={sizes[one.name] ?? one.least} />
        ))}
      </div>
      <p class="about">{about}</p>
    </section>
  );
}

const same = (name: string): readonly [string, string] => [name, name];

function Size({
  field: { name, about, least, most },
  value,
}: {
  readonly field: SizeField;
  readonly value: number;
}) {
  return (
    <label title={`${about}: ${least} to ${most.toLocaleString('en-US')}`}>
      {name}
      <input
        type="number"
        min={least}
        max={most}
        step={1}
        value={value}
        onChange={({ currentTarget }) =>
          chooseSizes({ ...trial.value.sizes, [name]: Math.round(Number(currentTarget.value)) })
        }
      />
    </label>
  );
}
