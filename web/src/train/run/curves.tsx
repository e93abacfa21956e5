/** Loss and accuracy over the epochs, drawn by uPlot as in the report. */
import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { HistoryEpoch } from '../../../../src/report/index.ts';

/** Whether the page is dark: curves are drawn anew when that changes. */
const dark = matchMedia('(prefers-color-scheme: dark)');
const isDark = signal(dark.matches);
dark.addEventListener('change', () => (isDark.value = dark.matches));

type Of = (epoch: HistoryEpoch) => { readonly train: number; readonly valid: number };

const lossOf: Of = ({ train, valid }) => ({ train: train.loss, valid: valid.loss });
const accuracyOf: Of = ({ train, valid }) => ({ train: train.accuracy, valid: valid.accuracy });

export function Curves({ history }: { readonly history: readonly HistoryEpoch[] }) {
  return (
    <div class="curves">
      <Curve title="Loss" history={history} of={lossOf} />
      <Curve title="Accuracy" history={history} of={accuracyOf} />
    </div>
  );
}

/** What a colour of the style sheet is in the scheme at hand: a canvas takes colours alone, and no variables. */
function colourOf(element: HTMLElement, name: string): string {
  element.style.color = `var(${name})`;
  const { color } = getComputedStyle(element);
  element.style.color = '';
  return color;
}

const HEIGHT = 180;

function Curve({
  title,
  history,
  of,
}: {
  readonly title: string;
  readonly history: readonly HistoryEpoch[];
  readonly of: Of;
}) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const data: uPlot.AlignedData = [
    history.map(({ epoch }) => epoch),
    history.map((epoch) => of(epoch).train),
    history.map((epoch) => of(epoch).valid),
  ];
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const axis = { stroke: colourOf(element, '--ink'), grid: { stroke: colourOf(element, '--rule') } };
    const options: uPlot.Options = {
      width: element.clientWidth,
      height: HEIGHT,
      scales: { x: { time: false } },
      axes: [{ ...axis, incrs: [1, 2, 5, 10, 20, 50] }, axis],
      series: [
        { label: 'epoch' },
        { label: 'train', stroke: colourOf(element, '--train'), dash: [4, 4] },
        { label: 'validation', stroke: colourOf(element, '--accent'), width: 2 },
      ],
    };
    const made = (plot.current = new uPlot(options, data, element));
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
    };
  }, [isDark.value]);
  useEffect(() => plot.current?.setData(data), [history.length]);
  return (
    <figure>
      <figcaption>{title}</figcaption>
      <div ref={place} />
    </figure>
  );
}
