/** What a step finds in each layer: how large activations are, gradients, and how far a step moves the weights. */
import type { ComponentChildren } from 'preact';
import { LEAST_EXPONENT } from '../../../../src/kernels/reduce/magnitudes.wgsl.ts';
import type { StepOperation } from '../../../../src/train/rehearse/step-record.ts';
import { fullName } from './names.ts';
import { measured } from './measure.ts';
import { choice, configOf, seen, step } from './state.ts';

export function Layers() {
  if (!measured.value || 'problem' in step.value) return null;
  const { activations, parameters } = measured.value.step;
  const { optimizer, lr } = configOf(choice.value);
  const rule =
    optimizer === 'sgd'
      ? `The step is one of SGD at a rate of ${lr}: an update is so many times its gradient.`
      : `The step is the first of ${optimizer === 'adam' ? 'Adam' : 'AdamW'} at a rate of ${lr}, where a run’s schedule is at its highest: it moves every weight by that rate, a stage’s share of it, however small the gradient is.`;
  const forward = step.value.record.operations.flatMap((operation, index) =>
    operation.pass === 'forward' ? [{ operation, index }] : [],
  );
  return (
    <section aria-labelledby="layers">
      <h2 id="layers">Layer by layer</h2>
      <h3>How large its results are</h3>
      <p class="hint">
        A column for each operation, a row for each power of two: the darker, the more of its numbers are as
        large as that. At the bottom are zeros, which ReLU makes. A column that is all zeros is dead; one that
        climbs out at the top is about to overflow.
      </p>
      <Magnitudes
        columns={forward.map((one, i) => ({ ...one, counts: activations[i] ?? new Uint32Array() }))}
      />
      <h3>Gradients, and how far the step goes</h3>
      <p class="hint">
        Euclidean norms over all numbers of a parameter. {rule} In the long run an update of about a
        thousandth of its weight is usual: far less, and a layer hardly learns; a tenth and more, and it
        forgets what it knew. A bar’s length goes by powers of ten.
      </p>
      <div class="wide" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">Parameter</th>
              <th scope="col">Weight</th>
              <th scope="col">Gradient</th>
              <th scope="col">Update</th>
              <th scope="col">Update / weight</th>
            </tr>
          </thead>
          <tbody>
            {parameters.map(({ name, weight, gradient, update }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{short(weight)}</td>
                <td>{short(gradient)}</td>
                <td>{short(update)}</td>
                <td>
                  <Ratio value={weight > 0 ? update / weight : undefined} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** Three digits, so that a column can be read down. */
const short = (value: number): string => (value === 0 ? '0' : value.toExponential(2));

/** Of a scale from a hundred thousandth to 1. */
const DECADES = 5;

function Ratio({ value }: { readonly value: number | undefined }) {
  if (value === undefined) return <>–</>;
  const share = Math.min(1, Math.max(0, 1 + Math.log10(value) / DECADES));
  return (
    <span class="ratio">
      <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
        <rect class="taped" x="0" y="0" width={100 * share} height="10" />
      </svg>
      {short(value)}
    </span>
  );
}

interface Column {
  readonly operation: StepOperation;
  readonly index: number;
  readonly counts: Uint32Array;
}

/** From 2⁻²⁰ to 2¹⁰; what is smaller or larger is counted in the outermost rows. */
const [LOWEST, HIGHEST] = [-20, 10];
const ROWS = HIGHEST - LOWEST + 3;
const [WIDTH, HEIGHT] = [20, 8];

/** Shares of a column from the top: what is not finite, powers of two downwards, zeros. */
function sharesOf(counts: Uint32Array): readonly number[] {
  const all = counts.reduce((sum, one) => sum + one, 0) || 1;
  const rows = new Array<number>(ROWS).fill(0);
  counts.forEach((n, bin) => {
    const exponent = LEAST_EXPONENT + bin - 1;
    const row =
      bin === 0
        ? ROWS - 1
        : bin === counts.length - 1
          ? 0
          : HIGHEST + 1 - Math.min(HIGHEST, Math.max(LOWEST, exponent));
    rows[row] = (rows[row] ?? 0) + n / all;
  });
  return rows;
}

function Magnitudes({ columns }: { readonly columns: readonly Column[] }) {
  const width = columns.length * WIDTH;
  return (
    <>
      <div class="wide" tabIndex={0}>
        <svg
          viewBox={`-44 0 ${width + 44} ${ROWS * HEIGHT}`}
          class="magnitudes"
          style={{ minWidth: `${columns.length * 14}px` }}
          aria-hidden="true"
        >
          {[10, 0, -10, -20].map((exponent) => (
            <Label key={exponent} row={HIGHEST + 1 - exponent}>
              {exponent === 0 ? '1' : powerOfTwo(exponent)}
            </Label>
          ))}
          <Label row={ROWS - 1}>zero</Label>
          {columns.map(({ index, counts }, i) => (
            <g
              key={index}
              class={seen.value?.kind === 'operation' && seen.value.index === index ? 'seen' : undefined}
              onPointerEnter={() => (seen.value = { kind: 'operation', index })}
            >
              <rect class="buffer" x={i * WIDTH} y="0" width={WIDTH - 2} height={ROWS * HEIGHT} />
              {sharesOf(counts).map(
                (share, row) =>
                  share > 0 && (
                    <rect
                      key={row}
                      class={row === 0 ? 'broken' : 'taped'}
                      x={i * WIDTH}
                      y={row * HEIGHT}
                      width={WIDTH - 2}
                      height={HEIGHT}
                      opacity={0.12 + 0.88 * Math.sqrt(share)}
                    />
                  ),
              )}
            </g>
          ))}
        </svg>
      </div>
      <details class="all">
        <summary>The same in words</summary>
        <ul>
          {columns.map(({ operation, index, counts }) => (
            <li key={index}>
              {fullName(operation)}: {inWords(counts)}
            </li>
          ))}
        </ul>
      </details>
    </>
  );
}

function Label({ row, children }: { readonly row: number; readonly children: ComponentChildren }) {
  return (
    <text x="-6" y={row * HEIGHT + HEIGHT} class="scale">
      {children}
    </text>
  );
}

/** "2⁻¹⁰" */
const powerOfTwo = (exponent: number): string =>
  `2${String(exponent).replace(/./g, (sign) => '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'['-0123456789'.indexOf(sign)] ?? '')}`;

/** "61 % zeros; half of the others are smaller than 2⁻²" */
function inWords(counts: Uint32Array): string {
  const all = counts.reduce((sum, one) => sum + one, 0) || 1;
  const [zeros = 0, ...others] = counts;
  const broken = others.pop() ?? 0;
  let left = (all - zeros - broken) / 2;
  const middle = others.findIndex((n) => (left -= n) <= 0);
  const parts = [
    `${Math.round((100 * zeros) / all)} % zeros`,
    ...(zeros + broken < all
      ? [`half of the others are below ${powerOfTwo(LEAST_EXPONENT + middle + 1)}`]
      : []),
    ...(broken > 0 ? [`${broken} are not finite`] : []),
  ];
  return parts.join('; ');
}
