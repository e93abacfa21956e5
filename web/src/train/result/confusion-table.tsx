/** The confusion matrix: numbers, shaded by their share of the class, each a door to its photos. */
import { percent } from '../../../../src/format.ts';
import { classReport, countAt, type Confusion } from '../../../../src/report/confusion.ts';

/** Photos of a class that were taken for one, by their indices. */
export interface Cell {
  readonly actual: number;
  readonly predicted: number;
}

interface ConfusionTableProps {
  readonly confusion: Confusion;
  readonly open: (cell: Cell) => void;
}

/** So many classes have room for shares beside the numbers. */
const WITH_SHARES = 6;

export function ConfusionTable({ confusion, open }: ConfusionTableProps) {
  const { classes } = confusion;
  const { perClass } = classReport(confusion);
  return (
    <>
      <h3>What is taken for what</h3>
      <p class="hint">
        A row is what photos are, a column what the model says. Open a number to see its photos.
      </p>
      <div class="scroll" tabIndex={0} role="region" aria-label="What is taken for what">
        <table class="confusion">
          <thead>
            <tr>
              <th scope="col">is \ said</th>
              {classes.map((name, i) => (
                <th scope="col" key={i}>
                  <span>{name}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {perClass.map(({ name, support }, actual) => (
              <tr key={actual}>
                <th scope="row">
                  <span>{name}</span>
                </th>
                {classes.map((other, predicted) => {
                  const number = countAt(confusion, actual, predicted);
                  if (number === 0)
                    return (
                      <td key={predicted} class="none">
                        0
                      </td>
                    );
                  const share = number / support;
                  const isRight = actual === predicted;
                  return (
                    <td
                      key={predicted}
                      class={isRight ? 'right' : 'wrong'}
                      style={{ '--share': share.toFixed(2) }}
                    >
                      <button type="button" onClick={() => open({ actual, predicted })}>
                        {number}
                        <span class="unseen">
                          {number === 1 ? 'photo' : 'photos'} of {name}{' '}
                          {isRight ? 'recognised' : `taken for ${other}`}
                        </span>
                        {classes.length <= WITH_SHARES && <small>{percent(share)}</small>}
                      </button>
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
