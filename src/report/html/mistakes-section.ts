/**
 * The validation photos that the model was surest about and wrong, and the training photos whose labels are doubtful: the first of each with
 * their pictures, all of them by name behind a fold.
 */
import { count, percent, plural } from '../../format.ts';
import type { ListedMistake, ReportData, ShownMistake } from './data.ts';
import { fileLink } from './file-link.ts';
import { html, type Markup } from './markup.ts';
import { imageOf } from './picture.ts';

/** More would make a page of many megabytes slow; `graft mistakes` has them. */
const MOST_LISTED = 2000;

/** The mistakes it was surest of, with their pictures. */
export function mistakesSection(data: ReportData): Markup | undefined {
  const { mistakes, mistakeCount, confusion, listed } = data;
  if (!confusion) return undefined;
  const looked = mistakes.some((mistake) => mistake.looked);
  const lead =
    mistakeCount === 0
      ? `None: all ${plural(data.data.valid, 'validation photo')} were told right.`
      : `${count(mistakeCount)} of ${plural(data.data.valid, 'validation photo')} ${mistakeCount === 1 ? 'was' : 'were'} told wrong` +
        (mistakes.length < mistakeCount
          ? `; here are the ${mistakes.length} it was surest of.`
          : '; the surest comes first.') +
        ' Look for wrong labels, photos of both classes, and what the training photos lack.' +
        (looked
          ? ' Beside each is where the network looked: the brighter, the more spoke for its answer.'
          : '');
  return html`<section aria-labelledby="mistakes">
    <h2 id="mistakes">Mistakes it was surest of</h2>
    <p class="lead">${lead}</p>
    <div class="gallery ${looked ? 'pairs' : ''}">
      ${mistakes.map((one) => mistakeFigure(one, data.data.folder, ['', ' taken for ']))}
    </div>
    ${fold(listed?.val, data.data.folder, 'All validation photos that were told wrong')}
  </section>`;
}

/** The training photos whose labels are least likely. */
export function doubtsSection({ doubted = [], listed, data }: ReportData): Markup | undefined {
  const { length } = listed?.train ?? [];
  if (length === 0) return undefined;
  const lead =
    `A head that learned from all other photos tells ${plural(length, 'training photo')} otherwise than labelled` +
    (doubted.length < length ? `; here are the ${doubted.length} whose labels are least likely.` : '.') +
    ' Wrong labels tend to come first, then what is hard to tell.';
  return html`<section aria-labelledby="doubts">
    <h2 id="doubts">Training photos that may be mislabelled</h2>
    <p class="lead">${lead}</p>
    <div class="gallery">
      ${doubted.map((one) => mistakeFigure(one, data.folder, ['labelled ', ', looks like ']))}
    </div>
    ${fold(listed?.train, data.folder, 'All training photos that look like another class')}
  </section>`;
}

/** `words` has what stands before the label and what between it and the answer. */
const mistakeFigure = (mistake: ShownMistake, folder: string, words: readonly [string, string]): Markup => {
  const [before, between] = words;
  const { file, actual, predicted, confidence, picture, looked } = mistake;
  return html`<figure>
    <div class="${looked ? 'pair' : ''}">
      ${picture ? imageOf(picture, `A photo of class ${actual}`) : html`<div class="nopicture">no picture</div>`}
      ${looked && imageOf(looked, `What spoke for ${predicted} in it`)}
    </div>
    <figcaption>
      ${before}<strong>${actual}</strong>${between}<strong>${predicted}</strong><br />
      <span class="muted">${percent(confidence)} sure</span><br />
      ${fileLink(file, folder)}
    </figcaption>
  </figure>`;
};

/** All of them as a table behind a fold. */
function fold(
  listed: readonly ListedMistake[] | undefined,
  folder: string,
  title: string,
): Markup | undefined {
  if (!listed || listed.length === 0) return undefined;
  const more = listed.length - MOST_LISTED;
  const rows = listed.slice(0, MOST_LISTED).map(
    ({ file, label, answer, probability }) =>
      html`<tr>
        <td>${fileLink(file, folder)}</td>
        <td>${label}</td>
        <td>${answer}</td>
        <td class="number">${percent(probability)}</td>
      </tr>`,
  );
  return html`<details>
    <summary>${title}: ${count(listed.length)}</summary>
    <div class="scroll">
      <table class="plain files">
        <thead>
          <tr>
            ${['Photo', 'Label', 'Answer'].map((text) => html`<th scope="col">${text}</th>`)}
            <th scope="col" class="number">Sure</th>
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>
    ${more > 0 ? html`<p class="muted">and ${count(more)} more</p>` : undefined}
  </details>`;
}
