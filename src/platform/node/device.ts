// The devices of a Node process, and its end: a driver that still compiles or runs something while Node ends the process
// can crash, so all devices are closed first.
import * as machine from '../../gpu/device.ts';

/** All devices that were requested and are not lost. */
const open = new Set<GPUDevice>();

/** `requestDevice` of gpu/device.ts; `exitCleanly` closes the device. */
export async function requestDevice(adapter: GPUAdapter): Promise<GPUDevice> {
  const device = await machine.requestDevice(adapter);
  open.add(device);
  void device.lost.then(() => open.delete(device));
  return device;
}

/**
 * Ends the process with `code`, 0 by default, after its output is written and its devices are closed. Dawn keeps a process alive for as long
 * as its instance exists, and deleting an instance with work pending can crash: so the process is left.
 *
 * ```ts
 * const model = await loadModel('runs/photos');
 * console.log((await model.predict('pizza.png')).ranked[0]?.class);
 * await exitCleanly();
 * ```
 */
export async function exitCleanly(code = 0): Promise<never> {
  for (const device of open) device.destroy(); // returns when what its driver was at is done
  for (const stream of [process.stdout, process.stderr]) await written(stream);
  process.exit(code);
}

/**
 * Resolves when nothing is left to write. Where nothing is, the stream is not touched: to a full device even nothing cannot be
 * written, and each try tells those who listen for errors, who may be about to end the process just so.
 */
async function written(stream: NodeJS.WriteStream): Promise<void> {
  if (stream.writableLength === 0) return;
  await new Promise<void>((resolve) => {
    stream.on('error', () => resolve()); // whoever read it has gone, as `head` does: nothing is lost
    stream.write('', () => resolve());
  });
}
