/** Loss, accuracy and learning rate over the epochs and within them, drawn by uPlot as in the report. */
import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { HistoryEpoch } from '../../../../src/report/index.ts';
import type { ShownStep } from '../state/steps.ts';

/** Whether the page is dark: curves are drawn anew when that changes. */
const dark = matchMedia('(prefers-color-scheme: dark)');
const isDark = signal(dark.matches);
dark.addEventListener('change', () => (isDark.value = dark.matches));

interface CurvesProps {
  readonly history: readonly HistoryEpoch[];
  /** Of the run under way: a stored one has its epochs alone. */
  readonly steps: readonly ShownStep[];
}

interface Line {
  readonly label: string;
  /** The colour of the style sheet. */
  readonly colour: string;
  readonly style?: Partial<uPlot.Series>;
  readonly points: readonly (readonly [at: number, value: number])[];
}

export function Curves({ history, steps }: CurvesProps) {
  const over = (of: (epoch: HistoryEpoch) => number) =>
    history.map((epoch) => [epoch.epoch, of(epoch)] as const);
  const dashed = { dash: [4, 4] };
  const bold = { width: 2 };
  const faint = { width: 1, alpha: 0.5, points: { show: false } };
  return (
    <div class="curves">
      <Curve
        title="Loss"
        lines={[
          { label: 'step', colour: '--train', style: faint, points: steps.map(({ at, loss }) => [at, loss]) },
          { label: 'train', colour: '--train', style: dashed, points: over(({ train }) => train.loss) },
          { label: 'validation', colour: '--accent', style: bold, points: over(({ valid }) => valid.loss) },
        ]}
      />
      <Curve
        title="Accuracy"
        lines={[
          { label: 'train', colour: '--train', style: dashed, points: over(({ train }) => train.accuracy) },
          {
            label: 'validation',
            colour: '--accent',
            style: bold,
            points: over(({ valid }) => valid.accuracy),
          },
        ]}
      />
      <Curve
        title="Learning rate"
        lines={[
          {
            label: 'rate',
            colour: '--accent',
            points:
              steps.length > 0
                ? steps.map(({ at, learningRate }) => [at, learningRate])
                : over(({ learningRate }) => learningRate),
          },
        ]}
      />
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

/** The lines over one axis; a line has no value where another has a point. */
function aligned(lines: readonly Line[]): uPlot.AlignedData {
  const tables = lines.map(({ points }): uPlot.AlignedData => [
    points.map(([at]) => at),
    points.map(([, value]) => value),
  ]);
  return uPlot.join(tables);
}

/** A number that fits beside the axis, however small. */
const tick = (value: number): string =>
  value !== 0 && Math.abs(value) < 0.001
    ? Number(value.toPrecision(3)).toExponential()
    : String(Number(value.toPrecision(4)));

function Curve({ title, lines }: { readonly title: string; readonly lines: readonly Line[] }) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const drawn = lines.reduce((sum, { points }) => sum + points.length, 0);
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const axis = { stroke: colourOf(element, '--ink'), grid: { stroke: colourOf(element, '--rule') } };
    const options: uPlot.Options = {
      width: element.clientWidth,
      height: HEIGHT,
      scales: { x: { time: false } },
      legend: { live: false },
      axes: [
        { ...axis, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000] },
        { ...axis, values: (_, ticks) => ticks.map(tick), size: 64 },
      ],
      series: [
        { label: 'epoch' },
        ...lines.map(({ label, colour, style }) => ({
          label,
          spanGaps: true,
          stroke: colourOf(element, colour),
          ...style,
        })),
      ],
    };
    const made = (plot.current = new uPlot(options, aligned(lines), element));
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
    };
  }, [isDark.value]);
  // Several steps may end in one frame, and each redraw is of everything.
  useEffect(() => {
    const frame = requestAnimationFrame(() => plot.current?.setData(aligned(lines)));
    return () => cancelAnimationFrame(frame);
  }, [drawn]);
  return (
    <figure>
      <figcaption>{title}</figcaption>
      <div ref={place} />
    </figure>
  );
}
