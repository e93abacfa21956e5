// The worker in which the engine works: requests of the page in, results and a run's events out.
import { messageOf } from '../../../src/format.ts';
import { WebGpuError } from '../../../src/platform/web/adapter.ts';
import { OpfsError } from '../../../src/platform/web/opfs.ts';
import { RunError } from '../../../src/run/errors.ts';
import { openEngine, type Engine } from './engine.ts';
import { ProjectError } from './project-error.ts';
import type { Failure, FromEngine, Request } from './protocol.ts';

const send = (message: FromEngine) => (postMessage as (message: FromEngine) => void)(message);
const engine = openEngine(__VERSION__, (event) => send({ event }));

onmessage = ({ data: { id, name, args } }: MessageEvent<Request>) => {
  const call = async () => {
    const functions = (await engine) as Readonly<
      Record<keyof Engine, (...args: readonly unknown[]) => unknown>
    >;
    return functions[name](...args);
  };
  call().then(
    (result) => send({ id, result }),
    (error: unknown) => send({ id, failure: failureOf(error) }),
  );
};

function failureOf(error: unknown): Failure {
  const isFull = error instanceof OpfsError && error.problem === 'full';
  return {
    // What a browser says of it names its own functions.
    message: isFull ? 'The browser gives this site no more space.' : messageOf(error),
    problem: error instanceof RunError ? error.problem : undefined,
    webGpu: error instanceof WebGpuError ? error.problem : undefined,
    project: error instanceof ProjectError ? error.problem : undefined,
    isFull:
      isFull || (error instanceof RunError && error.problem.kind === 'cannot-write' && error.problem.isFull),
  };
}
