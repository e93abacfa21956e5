/** Chapter 15: which kind of test kills which mutant, as the chapter's program prints it; its test holds it to that. */
import { fencedBlocks } from '../../../test/support/snippets.ts';
import { chapters } from '../chapter.ts';
import { box, drawing, line, text } from './svg.ts';

const [LEFT, TOP, ROW, COLUMN] = [330, 64, 34, 92];
const KINDS = ['loops', 'slopes', 'PyTorch', 'bad input'];

export default function mutants(): Promise<string> {
  const chapter = chapters.find(({ number }) => number === 15);
  const [, ...lines] =
    fencedBlocks(chapter?.text ?? '', 'text')[0]
      ?.trimEnd()
      .split('\n') ?? [];
  const rows = lines.map((printed) => {
    const [, name = '', found = ''] = /^(.*?) {2,}(.*)$/.exec(printed) ?? [];
    return { name, killed: found.split(/ +/).map((word) => word === 'killed') };
  });
  const cells = rows.flatMap(({ name, killed }, row) => {
    const y = TOP + row * ROW;
    return [
      text([12, y + 20], name),
      ...killed.map((dead, column) => {
        const x = LEFT + column * COLUMN + COLUMN / 2 - 12;
        return dead ? box([x, y + 3], 24, 24, 'orange', true) : box([x, y + 3], 24, 24, 'faint');
      }),
    ];
  });
  const bottom = TOP + rows.length * ROW;
  const both = TOP + (rows.length - 2) * ROW - 1;
  return Promise.resolve(
    drawing(
      {
        height: bottom + 34,
        title: 'Who notices',
        description: rows
          .map(({ name, killed }) => `${name}: killed by ${KINDS.filter((_, i) => killed[i]).join(', ')}`)
          .join('; '),
      },
      [
        text([12, 40], 'mutant', { bold: true }),
        ...KINDS.map((kind, i) =>
          text([LEFT + i * COLUMN + COLUMN / 2, 40], kind, { anchor: 'middle', bold: true }),
        ),
        line([[12, TOP - 8], [688, TOP - 8]]), // prettier-ignore
        ...cells,
        line([[12, both], [688, both]], 'faint', true), // prettier-ignore
        text(
          [688, bottom + 24],
          'Filled: killed. Below the dashed line the loops are wrong in the same way.',
          {
            anchor: 'end',
            ink: 'faint',
          },
        ),
      ],
    ),
  );
}
