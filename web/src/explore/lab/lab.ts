/**
 * The page's end of its lab. Kernels in a visitor's own words may run for ever, compute nonsense or take the device with them, and the page
 * goes on all the same: a question that takes too long is given up together with the worker that it was put to, a lost device likewise,
 * and the next question starts another worker. Nothing is asked again by itself.
 *
 * What giving up does not do is stop the GPU. A worker that is terminated leaves its work with the browser: some drivers stop a kernel that
 * runs for seconds and lose its device, on others it burns on, and the browser may give nobody a device until then.
 */
import type { WebGpuProblem } from '../../../../src/platform/web/adapter.ts';
import type { Stage } from '../../../../src/run/lab/judgement.ts';
import type { FromLab, LabCall, LabCalls, LabRequest, OpenedLab } from './protocol.ts';

/** What became of a question. */
export type Answer<T> =
  | { readonly kind: 'answer'; readonly value: T }
  /** It took too long, and was given up. */
  | { readonly kind: 'too-long'; readonly stage: Stage; readonly seconds: number }
  | { readonly kind: 'device-lost'; readonly message: string }
  /** The browser does not open a device in time, as where the GPU is still at something that was given up. */
  | { readonly kind: 'no-device'; readonly seconds: number; readonly gaveUpBefore: boolean }
  | { readonly kind: 'no-gpu'; readonly problem: WebGpuProblem; readonly message: string }
  /** By the visitor. */
  | { readonly kind: 'stopped' }
  | { readonly kind: 'failed'; readonly message: string };

/** How long a device may take to open, and a question to get past a stage, in milliseconds. */
export type Limits = Readonly<Record<'opening' | Stage, number>>;

const LIMITS: Limits = {
  opening: 15_000,
  compiling: 60_000,
  running: 10_000,
  comparing: 60_000,
  timing: 40_000,
};

type Result<N extends LabCall> = Awaited<ReturnType<LabCalls[N]>>;

interface Line {
  readonly worker: Worker;
  opened: OpenedLab | undefined;
  /** Hears what the worker says of the question under way, and of itself. */
  hears: ((message: FromLab) => void) | undefined;
  /** Ends the question under way. */
  stop: (() => void) | undefined;
  /** What it said when nobody asked: that it cannot open a device, or that it has lost it. */
  closed: Extract<FromLab, { readonly closed: unknown }>['closed'] | undefined;
}

export class Lab {
  private line: Line | undefined;
  private asked = 0;
  private gaveUp = false;
  private last: Promise<unknown> = Promise.resolve();
  private readonly limits: Limits;

  constructor(
    limits: Partial<Limits> = {},
    /** Hears what the lab is at, and `undefined` once it rests. */
    private readonly onStage: (stage: 'opening' | Stage | undefined) => void = () => undefined,
  ) {
    this.limits = { ...LIMITS, ...limits };
  }

  /** The adapter, once a question was put to it. */
  get opened(): OpenedLab | undefined {
    return this.line?.opened;
  }

  /** Puts a question, after those before it are answered. */
  ask<N extends LabCall>(name: N, ...args: Parameters<LabCalls[N]>): Promise<Answer<Result<N>>> {
    const answer = this.last.then(() => this.put<Result<N>>(name, args));
    this.last = answer;
    return answer;
  }

  /** Gives up what is under way. */
  close(): void {
    this.line?.stop?.();
    this.line?.worker.terminate();
    this.line = undefined;
  }

  private put<T>(name: LabCall, args: readonly unknown[]): Promise<Answer<T>> {
    const line = (this.line ??= this.start());
    const id = this.asked++;
    return new Promise<Answer<T>>((resolve) => {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const settle = (answer: Answer<T>, { isOver = false } = {}) => {
        clearTimeout(timer);
        line.hears = line.stop = undefined;
        if (isOver) {
          line.worker.terminate();
          if (this.line === line) this.line = undefined;
        }
        this.onStage(undefined);
        resolve(answer);
      };
      const enter = (stage: 'opening' | Stage) => {
        clearTimeout(timer);
        this.onStage(stage);
        const seconds = this.limits[stage] / 1000;
        timer = setTimeout(() => {
          const { gaveUp } = this;
          this.gaveUp = true;
          if (stage === 'opening')
            settle({ kind: 'no-device', seconds, gaveUpBefore: gaveUp }, { isOver: true });
          else settle({ kind: 'too-long', stage, seconds }, { isOver: true });
        }, this.limits[stage]);
      };
      const begin = () => {
        enter('compiling');
        const request: LabRequest = { id, name, args };
        line.worker.postMessage(request);
      };
      line.stop = () => settle({ kind: 'stopped' }, { isOver: true });
      line.hears = (message) => {
        if ('closed' in message) return settle(message.closed, { isOver: true });
        if ('opened' in message) return begin();
        if (message.id !== id) return;
        if ('stage' in message) return enter(message.stage);
        if ('failure' in message)
          return settle(message.failure, { isOver: message.failure.kind === 'device-lost' });
        this.gaveUp = false;
        settle({ kind: 'answer', value: message.result as T }); // what the call of this name gives
      };
      if (line.closed) settle(line.closed, { isOver: true });
      else if (line.opened) begin();
      else enter('opening');
    });
  }

  private start(): Line {
    const worker = new Worker(new URL('./lab-worker.ts', import.meta.url), { type: 'module' });
    const line: Line = { worker, opened: undefined, hears: undefined, stop: undefined, closed: undefined };
    worker.onmessage = ({ data }: MessageEvent<FromLab>) => {
      if ('opened' in data) line.opened = data.opened;
      if ('closed' in data) {
        line.closed = data.closed;
        if (!line.hears && this.line === line) {
          // Lost while it rested: the next question starts afresh.
          worker.terminate();
          this.line = undefined;
        }
      }
      line.hears?.(data);
    };
    worker.onerror = ({ message }) =>
      line.hears?.({ closed: { kind: 'failed', message: `The lab has failed: ${message}` } });
    return line;
  }
}
