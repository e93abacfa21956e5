import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { confusionMatrix } from '../confusion.ts';
import type { ReportData } from './data.ts';
import { chartSeries } from './charts.ts';
import { duration } from '../../format.ts';
import { escapeHtml, html, rawText, scriptJson } from './markup.ts';
import { renderReport } from './render.ts';

const uplotFile = (name: string) =>
  readFileSync(
    createRequire(import.meta.url)
      .resolve('uplot')
      .replace(/[^/]*$/, name),
    'utf8',
  );
const uplot = { script: uplotFile('uPlot.iife.min.js'), style: uplotFile('uPlot.min.css') };

const EVIL = `</script><script>alert("1")</script><img src='x' onerror=alert(2)>&amp;`;

function report(changes: Partial<ReportData> = {}): ReportData {
  return {
    name: 'train',
    graft: '0.1.0',
    finished: new Date(0),
    outcome: 'finished',
    history: [1, 2].map((epoch) => ({
      epoch,
      train: { loss: 1 / epoch, accuracy: 0.5 },
      valid: { loss: epoch === 1 ? NaN : 0.75, accuracy: 0.25 },
      learningRate: 1e-3,
      isBest: epoch === 1,
      trainSeconds: 1,
      validSeconds: 1,
      imagesPerSecond: 10,
    })),
    data: { folder: 'photos', train: 10, valid: 4 },
    model: 'ResNet-18',
    parameters: { trained: 1026, frozen: 11_176_512 },
    device: 'lavapipe',
    seconds: 61,
    imagesPerSecond: 10,
    confusion: confusionMatrix([0, 0, 1, 1], [0, 1, 1, 1], ['cats', 'dogs']),
    mistakes: [{ file: 'cats/1.jpg', actual: 'cats', predicted: 'dogs', confidence: 0.9 }],
    mistakeCount: 1,
    config: { batchSize: 64, clipGrad: null },
    commands: [{ purpose: 'Look', command: 'graft predict' }],
    uplot,
    ...changes,
  };
}

/** What stands outside scripts and styles. */
const visible = (page: string) => page.replace(/<(script|style)\b[^>]*>[^]*?<\/\1>/g, '');

describe('the report', () => {
  it('shows what happened', () => {
    const page = visible(renderReport(report()));
    for (const text of [
      '1 min 01 s',
      'epoch 1 of 2',
      'taken for',
      '--batch-size',
      'graft predict',
      '--clip-grad',
    ]) {
      expect(page).toContain(text);
    }
    expect(page).toContain('title="cats taken for dogs: 1 of 2 (50.0 %)"');
  });

  it('shows beside a mistake where the network looked, if it knows', () => {
    const picture = { type: 'image/png', bytes: Uint8Array.of(1, 2, 3), width: 4, height: 4 } as const;
    const looked = { ...picture, bytes: Uint8Array.of(4, 5, 6) };
    const [mistake] = report().mistakes;
    const page = visible(renderReport(report({ mistakes: [{ ...mistake!, picture, looked }] }))); // one is there
    expect(page).toContain('src="data:image/png;base64,AQID"');
    expect(page).toContain('src="data:image/png;base64,BAUG"');
    expect(page).toContain('Beside each is where the network looked');
    expect(visible(renderReport(report()))).not.toContain('Beside each');
  });

  it('warns of a best epoch that is worse than no knowledge by its loss', () => {
    expect(visible(renderReport(report()))).not.toContain('class="warning"');
    const history = report().history.map((epoch) => ({ ...epoch, valid: { loss: 0.75, accuracy: 0.75 } }));
    expect(visible(renderReport(report({ history })))).toContain(
      '<p class="warning">Its loss, 0.7500, is above the 0.6931 of giving all 2 classes',
    );
  });

  it('draws how often it was right by how sure it was, and tells of its temperature', () => {
    const bins = [
      { from: 0.5, to: 0.6, count: 1, confidence: 0.55, accuracy: 1 },
      { from: 0.9, to: 1, count: 3, confidence: 0.95, accuracy: 2 / 3 },
    ];
    const reliability = { ece: 0.325, bins, temperature: 0.5 };
    const page = visible(renderReport(report({ reliability }))).replace(/\s+/g, ' ');
    expect(page).toContain('differ by 32.5 % in the mean');
    expect(page).toContain('a temperature of 0.50');
    expect(page.match(/<circle/g)).toHaveLength(2);
    expect(page).toContain('points="170.0,10.0 250.0,76.7"'); // a square of 200 whose foot is at (60, 210)
    expect(visible(renderReport(report()))).not.toContain('id="reliability"');
  });

  it('lists all mistakes and doubtful labels behind a fold, linked to photos of this machine', () => {
    const photo = { label: 'cats', answer: 'dogs', probability: 0.75 };
    const page = visible(
      renderReport(
        report({
          doubted: [{ file: '/photos/a b.jpg', actual: 'cats', predicted: 'dogs', confidence: 0.75 }],
          listed: {
            val: [{ ...photo, file: 'photos/1.jpg' }],
            train: ['/photos/a b.jpg', 'C:\\photos\\#2.jpg'].map((file) => ({ ...photo, file })),
          },
        }),
      ),
    );
    expect(page).toContain('All validation photos that were told wrong: 1<');
    expect(page).toContain('All training photos that look like another class: 2<');
    expect(page).toContain('tells 2 training photos otherwise than labelled');
    expect(page).toContain('<code>1.jpg</code>'); // below the folder of photos
    expect(
      page.match(/<a href="file:\/\/\/photos\/a%20b\.jpg" title="[^"]*"><code>\/photos\/a b\.jpg</g),
    ).toHaveLength(2);
    expect(page).toContain('<a href="file:///C:/photos/%232.jpg" title');
    expect(page.match(/<details>/g)).toHaveLength(3); // and the epochs
    expect(visible(renderReport(report()))).not.toContain('id="doubts"');
  });

  it('asks the network for nothing', () => {
    const page = renderReport(report());
    expect(page).toContain(`content="default-src &#39;none&#39;;`);
    expect(page).not.toMatch(/(src|href)=["']?(https?:)?\/\//i);
    expect(page).not.toMatch(/@import|url\(\s*["']?(https?:)?\/\//i);
    expect(visible(page)).not.toMatch(/<(link|iframe|object|embed)\b/i);
  });

  it('lets no name break out', () => {
    const plain = renderReport(report());
    const page = renderReport(
      report({
        name: EVIL,
        graft: EVIL,
        model: EVIL,
        device: EVIL,
        data: { folder: EVIL, train: 10, valid: 4 },
        strategy: { summary: EVIL, reasons: [EVIL] },
        confusion: confusionMatrix([0, 1, 2], [0, 0, 0], [EVIL, 'b', EVIL]),
        mistakes: [{ file: EVIL, actual: EVIL, predicted: EVIL, confidence: 1 }],
        doubted: [{ file: `/${EVIL}`, actual: EVIL, predicted: EVIL, confidence: 1 }],
        listed: {
          val: [{ file: EVIL, label: EVIL, answer: EVIL, probability: 1 }],
          train: [{ file: `/${EVIL}`, label: EVIL, answer: EVIL, probability: 1 }],
        },
        config: { [EVIL]: EVIL },
        commands: [{ purpose: EVIL, command: EVIL }],
        batch: {
          picture: { type: 'image/png', bytes: Uint8Array.of(1), width: 1, height: 1 },
          caption: EVIL,
        },
      }),
    );
    const tags = (text: string, name: string) => text.split(`<${name}`).length;
    expect(tags(page, 'script')).toBe(tags(plain, 'script'));
    expect(tags(page, 'img')).toBe(tags(visible(plain), 'img') + 1); // the batch
    expect(visible(page)).not.toContain(`onerror=alert(2)>`);
    expect(page.match(/&lt;script&gt;alert/g)?.length).toBeGreaterThan(15);
  });

  it('inlines pictures that decode to the same bytes', () => {
    const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => i % 251);
    const picture = { type: 'image/jpeg', bytes, width: 3, height: 2 } as const;
    const page = renderReport(report({ batch: { picture, caption: 'As seen' } }));
    const [, inlined = ''] = /src="data:image\/jpeg;base64,([^"]*)" width="3" height="2"/.exec(page) ?? [];
    expect(Buffer.from(inlined, 'base64').equals(bytes)).toBe(true);
  });

  it.each([2, 14, 32, 33, 100])('has a cell for each pair of %i classes', (size) => {
    const classes = Array.from({ length: size }, (_, i) => `class ${i}`);
    const labels = [...classes.keys()];
    const page = visible(renderReport(report({ confusion: confusionMatrix(labels, labels, classes) })));
    const [table = ''] = /<table class="matrix[^]*?<\/table>/.exec(page) ?? [];
    expect(table.match(/<td/g)).toHaveLength(size * size + 1); // and the corner
    expect(table.match(/class="right dark"/g)).toHaveLength(size);
  });

  it('speaks plainly of a run that was interrupted in its first epoch', () => {
    const page = renderReport(
      report({
        ...{ history: [], imagesPerSecond: undefined, confusion: undefined, outcome: 'interrupted' },
        ...{ mistakes: [], mistakeCount: 0 },
      }),
    );
    expect(page).toContain('Interrupted after 0 epochs');
    expect(page).toContain('No epoch ended.');
    expect(page).not.toMatch(/NaN|undefined|<script/);
  });
});

describe('what goes into the page', () => {
  it('escapes, nests and joins', () => {
    expect(html`<p title="${`"<'&`}">${[html`<b>${1}</b>`, html`<i></i>`]}${undefined}</p>`.text).toBe(
      '<p title="&quot;&lt;&#39;&amp;"><b>1</b><i></i></p>',
    );
  });

  it('makes visible what would hide or turn text', () => {
    expect(escapeHtml('a\u0000b\u202ec\ud800d')).toBe('a\\u0000b\\u202ec\\ud800d');
    expect(escapeHtml('ünï 😀\n')).toBe('ünï 😀\n');
  });

  it('keeps JSON inside its script', () => {
    const text = scriptJson({ a: EVIL }).text;
    expect(text).not.toContain('<');
    expect(JSON.parse(text)).toEqual({ a: EVIL });
  });

  it('refuses a script that would end itself', () => {
    expect(() => rawText('x = "</SCRIPT>"', 'script')).toThrow(RangeError);
    expect(() => renderReport(report({ uplot: { script: '<!--', style: '' } }))).toThrow(RangeError);
  });

  it('leaves a gap where a loss is no number', () => {
    const { loss, best } = chartSeries(report().history);
    expect(loss).toEqual([
      [1, 0.5],
      [null, 0.75],
    ]);
    expect(best).toBe(1);
  });

  it.each([
    [0.04, '0.0 s'],
    [59.6, '1 min 00 s'],
    [3599.7, '1 h 00 min'],
    [7265, '2 h 01 min'],
  ])('shows %d seconds as %s', (seconds, text) => expect(duration(seconds)).toBe(text));
});
