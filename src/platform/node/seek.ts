// Sets the place in a file at which an open descriptor is written next. Node can only write on from it; its WASI has a call for it, which a
// WebAssembly module of a few bytes makes.

/** From a place in the file to whether it was set. Rejects where this Node has no WASI. */
export async function openSeek(descriptor: number): Promise<(position: number) => boolean> {
  const { WASI } = await unwarned(() => import('node:wasi'));
  // WASI numbers stdin, stdout and stderr 0, 1 and 2, whatever is given as them.
  const wasi = await unwarned(() => Promise.resolve(new WASI({ version: 'preview1', stderr: descriptor })));
  const { instance } = await WebAssembly.instantiate(MODULE, wasi.getImportObject() as WebAssembly.Imports);
  wasi.initialize(instance);
  const seek = instance.exports['seek'] as (position: bigint) => number;
  return (position) => seek(BigInt(position)) === 0;
}

/** Runs what says that WASI is an experiment, without that. */
async function unwarned<T>(action: () => Promise<T>): Promise<T> {
  const warn = process.emitWarning;
  process.emitWarning = () => undefined;
  try {
    return await action();
  } finally {
    process.emitWarning = warn;
  }
}

const name = (text: string) => [text.length, ...new TextEncoder().encode(text)];
const section = (id: number, ...body: readonly number[]) => [id, body.length, ...body];
const [I32, I64, FUNCTION, MEMORY] = [0x7f, 0x7e, 0, 2];
const [TYPE, IMPORT, FUNCTIONS, MEMORIES, EXPORT, CODE] = [1, 2, 3, 5, 7, 10];

/**
 * (import "wasi_snapshot_preview1" "fd_seek" (func $fd_seek (param i32 i64 i32 i32) (result i32)))
 * (memory (export "memory") 1)
 * (func (export "seek") (param i64) (result i32) ;; from the file's beginning; the new place goes to address 0
 *   (call $fd_seek (i32.const 2) (local.get 0) (i32.const 0) (i32.const 0)))
 * (func (export "_initialize"))
 */
const MODULE = new Uint8Array([
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...section(
    ...[TYPE, 3],
    ...[0x60, 4, I32, I64, I32, I32, 1, I32],
    ...[0x60, 1, I64, 1, I32],
    ...[0x60, 0, 0],
  ),
  ...section(IMPORT, 1, ...name('wasi_snapshot_preview1'), ...name('fd_seek'), FUNCTION, 0),
  ...section(FUNCTIONS, 2, 1, 2),
  ...section(MEMORIES, 1, 0, 1),
  ...section(
    ...[EXPORT, 3],
    ...[...name('memory'), MEMORY, 0],
    ...[...name('seek'), FUNCTION, 1],
    ...[...name('_initialize'), FUNCTION, 2],
  ),
  ...section(...[CODE, 2], ...[12, 0, 0x41, 2, 0x20, 0, 0x41, 0, 0x41, 0, 0x10, 0, 0x0b], ...[2, 0, 0x0b]),
]);
