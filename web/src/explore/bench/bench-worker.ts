/** The worker that measures: the catalogue and the loop of `npm run bench`, on this browser's adapter. */
import { catalogue } from '../../../../src/bench/catalogue.ts';
import { BenchError } from '../../../../src/bench/errors.ts';
import { matching } from '../../../../src/bench/filter.ts';
import { groupsOf, sizesFor } from '../../../../src/bench/plan.ts';
import { REPORT_SECONDS, reportRows, reportSizes } from '../../../../src/bench/report.ts';
import { measureSession } from '../../../../src/bench/session.ts';
import type { Gpu } from '../../../../src/gpu/index.ts';
import { openDevice, troubleOf, type Device } from './device.ts';
import type { Choice, FromWorker, ToWorker } from './protocol.ts';

const send = (message: FromWorker) => (postMessage as (message: FromWorker) => void)(message);
const opened = open();
let stop = new AbortController();

onmessage = async ({ data }: MessageEvent<ToWorker>) => {
  if (data.kind === 'stop') return stop.abort();
  const device = await opened;
  if (!device) return;
  try {
    if (data.kind === 'plan') send({ kind: 'planned', rows: planned(device.gpu, data.choice) });
    else await measure(device, data.choice);
  } catch (error) {
    if (error instanceof BenchError) send({ kind: 'refused', message: withHint(error) });
    else send(troubleOf(error));
  }
};

async function open(): Promise<Device | undefined> {
  try {
    const device = await openDevice();
    send({ kind: 'opened', where: device.where, isSoftware: device.gpu.software });
    return device;
  } catch (error) {
    send(troubleOf(error));
    return undefined;
  }
}

/** The rows that were chosen, in the catalogue's order. Throws `BenchError` where a filter leaves none. */
function chosen(gpu: Gpu, { parts, isQuick, size, filter, isReport }: Choice) {
  if (isReport) {
    const { kernels } = sizesFor({});
    return reportRows(catalogue(gpu, { kernels, networks: reportSizes(gpu), allVariants: false }));
  }
  const all = catalogue(gpu, { ...sizesFor({ quick: isQuick, ...size }), allVariants: false });
  return matching(
    parts.flatMap((part) => all[part]),
    [],
    filter,
  );
}

const planned = (gpu: Gpu, choice: Choice) =>
  chosen(gpu, choice).map(({ operation, shape, asked, variant, group, work }) => ({
    ...{ operation, shape, variant, group },
    ...(asked !== undefined && { asked }),
    ...(work && { work }),
  }));

async function measure({ gpu, where }: Device, choice: Choice): Promise<void> {
  stop = new AbortController();
  const { signal } = stop;
  const groups = groupsOf(chosen(gpu, choice));
  const clocks = where.grain ? { grain: where.grain } : {};
  const date = new Date().toISOString();
  const measured = await measureSession(
    gpu,
    groups,
    choice.isReport
      ? { quick: false, lenient: true, seconds: REPORT_SECONDS, clocks, signal }
      : { quick: choice.isQuick, clocks, signal },
    {
      onSample: (row) => send({ kind: 'sample', row }),
      onLost: ({ row }) => send({ kind: 'lost', row }),
      onCeilings: (ceilings) => send({ kind: 'ceilings', ceilings }),
      onGroup: (rows, yardsticks) => send({ kind: 'group', rows, areCeilings: !yardsticks }),
    },
  );
  const report = choice.isReport && ({ report: signal.aborted ? 'part' : 'whole' } as const);
  send({ kind: 'done', results: { ...where, ...report, date, ...measured }, isStopped: signal.aborted });
}

const withHint = ({ message, hint }: BenchError): string =>
  hint === undefined ? message : `${message} ${hint}`;
