/**
 * The curves: what they are drawn from, and the script that has uPlot draw them. Canvas knows nothing of style sheets,
 * so the script reads colours from the page and draws again where the reader changes to dark, resizes or prints.
 */
import type { HistoryEpoch } from '../history.ts';
import { bestOf } from './sections.ts';

/** Columns as uPlot takes them; what is no number becomes null, which leaves a gap. */
export function chartSeries(history: readonly HistoryEpoch[]) {
  const column = (of: (epoch: HistoryEpoch) => number) =>
    history.map((epoch) => (Number.isFinite(of(epoch)) ? of(epoch) : null));
  return {
    best: bestOf(history)?.epoch ?? null,
    epoch: column((e) => e.epoch),
    loss: [column((e) => e.train.loss), column((e) => e.valid.loss)],
    accuracy: [column((e) => e.train.accuracy * 100), column((e) => e.valid.accuracy * 100)],
    rate: [column((e) => e.learningRate)],
  };
}

/** Runs in the reader's browser, and again with each `history` event, after whose sender has changed the page's numbers. */
export const chartScript = `(() => {
  const read = () => JSON.parse(document.getElementById('history').textContent);
  let data = read();
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();
  const few = () => data.epoch.length < 25;
  const digits = (value) => (value == null ? '' : String(Number(value.toPrecision(3))));
  const font = '12px system-ui, sans-serif';
  const axis = {
    stroke: () => colour('muted'),
    grid: { stroke: () => colour('rule'), width: 1 },
    ticks: { show: false },
    font,
  };
  const line = (name, label, dash) => ({
    label,
    stroke: () => colour(name),
    width: 2,
    dash,
    points: { show: few, size: 6, fill: () => colour(name), stroke: () => colour('paper') },
  });
  const markBest = (plot) => {
    if (data.best == null) return;
    const { ctx, bbox } = plot;
    const x = Math.round(plot.valToPos(data.best, 'x', true));
    ctx.save();
    ctx.strokeStyle = colour('mark');
    ctx.lineWidth = devicePixelRatio;
    ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.restore();
  };
  const last = () => data.epoch.length;
  const whole = (plot, splits) => splits.map((value) => (Number.isInteger(value) ? String(value) : ''));
  const create = (id, place) => {
    const ends = (plot, low, high) => {
      if (low == null) return [0, 1];
      const space = (high - low) * 0.08 || Math.abs(high) * 0.1 || 1;
      const top = id === 'accuracy' ? Math.min(100, high + space) : high + space;
      return [Math.max(0, low - space), top];
    };
    const options = {
      width: place.clientWidth,
      height: 240,
      cursor: { y: false, points: { size: 8 } },
      legend: { live: true },
      scales: { x: { time: false, range: () => [Math.min(1, last()), Math.max(last(), 2)] }, y: { range: ends } },
      axes: [
        { ...axis, grid: { show: false }, size: 28, values: whole, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000] },
        {
          ...axis,
          size: id === 'rate' ? 64 : 52,
          values: (plot, splits) => splits.map((value) => digits(value) + (id === 'accuracy' ? ' %' : '')),
        },
      ],
      series: [
        { label: 'epoch' },
        ...(id === 'rate'
          ? [{ ...line('valid', 'rate'), value: (plot, value) => digits(value) }]
          : [line('train', 'training', [5, 3]), line('valid', 'validation')].map((s) => ({
              ...s,
              value: (plot, value) => digits(value) + (id === 'accuracy' && value != null ? ' %' : ''),
            }))),
      ],
      hooks: { drawAxes: [markBest] },
    };
    const plot = new uPlot(options, [data.epoch, ...data[id]], place);
    new ResizeObserver(() => {
      if (place.clientWidth > 0 && place.clientWidth !== plot.width) plot.setSize({ width: place.clientWidth, height: 240 });
    }).observe(place);
    return plot;
  };
  const plots = new Map();
  const draw = () => {
    for (const id of ['loss', 'accuracy', 'rate']) {
      const place = document.getElementById('chart-' + id);
      const plot = plots.get(id);
      if (plot) plot.setData([data.epoch, ...data[id]]);
      else if (place) plots.set(id, create(id, place));
    }
  };
  draw();
  addEventListener('history', () => { data = read(); draw(); });
  const redraw = () => plots.forEach((plot) => plot.redraw(false, true));
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
  addEventListener('beforeprint', () => { document.documentElement.classList.add('printed'); redraw(); });
  addEventListener('afterprint', () => { document.documentElement.classList.remove('printed'); redraw(); });
})();
`;
