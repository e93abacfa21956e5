// The check of an adapter before it is trained on, for check-adapter.test.ts.
import { keptGpu, webHost } from '../../src/platform/web/host.ts';
import { RunError } from '../../src/run/errors.ts';
import { checkAdapter } from '../../web/src/engine/check-adapter.ts';
import { answer } from './worker.ts';

const files = { list: () => Promise.resolve([]) } as never; // no photo is read
const missing = () => Promise.reject(new Error('It is not needed.'));
const openGpu = keptGpu();

answer({
  /** How often a check was made, and what it found. */
  async check(version: string) {
    const weights = { shipped: '', find: missing };
    const host = webHost({
      ...{ files, version, weights, plots: missing, openGpu },
      startDecodeWorker: () => {
        throw new Error('It is not needed.');
      },
    });
    let checks = 0;
    const problem = await checkAdapter(host, () => checks++).then(
      () => undefined,
      (error: unknown) => (error instanceof RunError ? error.problem : String(error)),
    );
    return { checks, problem };
  },
  /** From here on products of convolutions come out wrong by a tenth. */
  spoil() {
    const compile = GPUDevice.prototype.createShaderModule;
    GPUDevice.prototype.createShaderModule = function (descriptor) {
      const { label = '', code } = descriptor;
      const isProduct = label.startsWith('conv2d.forward');
      return compile.call(this, {
        ...descriptor,
        code: isProduct ? code.replaceAll('fma(', 'fma(1.1 * ') : code,
      });
    };
    return Promise.resolve();
  },
});
