// Opens the browser's WebGPU adapter. What can be wrong is given as a kind, so that a page can say what its visitor may do; the
// message is for those who read logs. An adapter that is a CPU is no problem but a fact: it works, and slowly.
import { isSoftware, type AdapterInfo } from '../../gpu/traits.ts';

/** What stands between a page and a device. */
export type WebGpuProblem =
  /** The page came by plain HTTP from another machine: browsers offer WebGPU only to HTTPS and localhost. */
  | 'insecure-context'
  /** This browser has no WebGPU, or not in workers. */
  | 'no-webgpu'
  /** There is no graphics device: the machine has none, or hardware acceleration is switched off in the browser. */
  | 'no-adapter'
  /** There is one, which the browser uses for other things and not for WebGPU: it is on the browser's blocklist, or too old. */
  | 'blocked'
  /** The adapter gave no device. */
  | 'no-device';

const MESSAGES: Readonly<Record<WebGpuProblem, string>> = {
  'insecure-context':
    'WebGPU is not available here: browsers offer it only to pages from https:// or localhost.',
  'no-webgpu': 'This browser has no WebGPU: use a current Chrome, Edge, Safari or Firefox.',
  'no-adapter':
    'This browser found no graphics device for WebGPU: there is none, or hardware acceleration is switched off.',
  blocked:
    'This browser draws with a graphics device that it does not offer to WebGPU: its driver may be blocked or too old.',
  'no-device': 'The graphics device could not be opened',
};

/**
 * There is no device for the engine.
 *
 * ```ts
 * const remedy = (error: unknown) =>
 *   error instanceof WebGpuError && error.problem === 'no-webgpu' ? 'Take a newer browser.' : 'See chrome://gpu.';
 * remedy(new WebGpuError('no-webgpu')); // → 'Take a newer browser.'
 * ```
 */
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

/** What a page may say of an adapter. */
export interface AdapterFacts {
  /** For people. */
  readonly name: string;
  /** Whether it is a CPU: some tens of times slower than a GPU. */
  readonly isSoftware: boolean;
}

/**
 * Opens the browser's best adapter, in a page or a worker, a CPU where that is all there is. Throws `WebGpuError`.
 *
 * WebGPU itself does not tell why there is no adapter. What can be found out: whether the browser draws with the graphics device in
 * WebGL, which has a way of refusing CPUs. If it does, there is a device, and it is WebGPU that may not have it.
 */
export async function openAdapter(): Promise<GPUAdapter> {
  // The types promise this; browsers do not.
  const { gpu } = navigator as { readonly gpu?: GPU };
  if (!gpu) throw new WebGpuError(isSecureContext ? 'no-webgpu' : 'insecure-context');
  const adapter =
    (await gpu.requestAdapter({ powerPreference: 'high-performance' })) ??
    (await gpu.requestAdapter({ forceFallbackAdapter: true }));
  if (!adapter) throw new WebGpuError(drawsWithHardware() ? 'blocked' : 'no-adapter');
  return adapter;
}

/** What an adapter says of itself. */
export function factsOf(adapter: GPUAdapter): AdapterFacts {
  const info = (adapter.info as AdapterInfo | undefined) ?? {}; // not in every browser
  const { device, description, vendor, architecture } = info;
  const name = device || description || [vendor, architecture].filter(Boolean).join(' ') || 'a GPU';
  return { name, isSoftware: isSoftware(info) };
}

function drawsWithHardware(): boolean {
  try {
    return new OffscreenCanvas(1, 1).getContext('webgl2', { failIfMajorPerformanceCaveat: true }) !== null;
  } catch {
    return false;
  }
}
