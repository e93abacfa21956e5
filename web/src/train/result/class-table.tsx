/** Class by class: how many there are, how many of them are found, and how often the class is right when it is named. */
import { percent } from '../../../../src/format.ts';
import { classReport, type Confusion, type Scores } from '../../../../src/report/confusion.ts';

export function ClassTable({ confusion }: { readonly confusion: Confusion }) {
  const { perClass, macro } = classReport(confusion);
  return (
    <>
      <h3>Class by class</h3>
      <div class="scroll" tabIndex={0} role="region" aria-label="Class by class">
        <table>
          <thead>
            <tr>
              <th scope="col">Class</th>
              <th scope="col">Photos</th>
              <th scope="col" title="Recall: of the photos of the class, those that were recognised">
                Found
              </th>
              <th scope="col" title="Precision: of the photos that were taken for the class, those that are">
                Right when said
              </th>
              <th scope="col" title="The harmonic mean of both">
                F1
              </th>
            </tr>
          </thead>
          <tbody>
            {perClass.map((one, i) => (
              <Row key={i} {...one} />
            ))}
          </tbody>
          {perClass.length > 2 && (
            <tfoot>
              <Row name="Mean" {...macro} />
            </tfoot>
          )}
        </table>
      </div>
      <p class="hint">
        Found is the recall of a class, right when said its precision; F1 is the mean of both that the smaller
        one decides.
      </p>
    </>
  );
}

function Row({ name, support, recall, precision, f1 }: Scores & { readonly name: string }) {
  return (
    <tr>
      <th scope="row">
        <span>{name}</span>
      </th>
      <td>{support}</td>
      <td>{percent(recall)}</td>
      <td>{percent(precision)}</td>
      <td>{percent(f1)}</td>
    </tr>
  );
}
