// Opens the browser's WebGPU adapter. What can be wrong is given as a kind, so that a page can say what
// its visitor may do; the message is for those who read logs.

/** What stands between a page and a device. */
export type WebGpuProblem =
  /** The page came by plain HTTP from another machine: browsers offer WebGPU only to HTTPS and localhost. */
  | 'insecure-context'
  /** This browser has no WebGPU, or not in workers. */
  | 'no-webgpu'
  /** The browser has WebGPU and no graphics device to run it on, or has blocked the one that is there. */
  | 'no-adapter'
  /** The adapter gave no device. */
  | 'no-device';

const MESSAGES: Readonly<Record<WebGpuProblem, string>> = {
  'insecure-context':
    'WebGPU is not available here: browsers offer it only to pages from https:// or localhost.',
  'no-webgpu': 'This browser has no WebGPU: use a current Chrome, Edge, Safari or Firefox.',
  'no-adapter':
    'This browser found no graphics device for WebGPU: hardware acceleration may be switched off, or the driver blocked.',
  'no-device': 'The graphics device could not be opened',
};

/** There is no device for the engine. */
export class WebGpuError extends Error {
  override readonly name = 'WebGpuError';

  constructor(
    readonly problem: WebGpuProblem,
    cause?: unknown,
  ) {
    const why = cause instanceof Error ? `: ${cause.message}` : '';
    super(`${MESSAGES[problem]}${why}`, { cause });
  }
}

/** Opens the browser's best adapter, in a page or a worker. Throws `WebGpuError`. */
export async function openAdapter(): Promise<GPUAdapter> {
  // The types promise this; browsers do not.
  const { gpu } = navigator as { readonly gpu?: GPU };
  if (!gpu) throw new WebGpuError(isSecureContext ? 'no-webgpu' : 'insecure-context');
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) throw new WebGpuError('no-adapter');
  return adapter;
}
