// Opens a WebGPU adapter in Node, through Dawn, with no setup by the user: a hardware GPU, else a software Vulkan
// driver that is installed (lavapipe), else SwiftShader from npm.
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { gpuAdvice, lavapipeAdvice, thisMachine } from './advice.ts';
import { hushNativeStderr, type Hush } from './quiet.ts';
import { hasSwiftShader, loadSwiftShader } from './swiftshader.ts';

/** A GPU, or whose software draws in its place. */
export type AdapterKind = 'gpu' | 'lavapipe' | 'swiftshader' | 'software';

/** Which adapter was taken, and why. */
export interface AdapterChoice {
  readonly kind: AdapterKind;
  /** Whether its kernels run on the CPU. */
  readonly software: boolean;
  /** Whether its driver was found on the machine or came with graft's npm dependencies. */
  readonly source: 'system' | 'npm';
  /** Why this one: one clause, for people. */
  readonly reason: string;
}

/** An adapter, where it comes from and why it was taken. */
export interface OpenedAdapter {
  readonly adapter: GPUAdapter;
  readonly instance: GPU;
  readonly choice: AdapterChoice;
}

/** Which adapter, and how loudly. */
export interface OpenOptions {
  /** `gpu`, `lavapipe`, `swiftshader` or a part of an adapter's name; $GRAFT_ADAPTER by default. Empty: the best. */
  readonly want?: string;
  /** Let native code print its warnings; $GRAFT_VERBOSE=1 by default. */
  readonly verbose?: boolean;
}

/**
 * There is no adapter, or not the one asked for. The message says what there is and what to do.
 *
 * ```ts
 * const isThere = (name: string) =>
 *   openAdapter({ want: name }).then(
 *     () => true,
 *     (error) => !(error instanceof AdapterError),
 *   );
 * await isThere('no such adapter'); // → false
 * ```
 */
export class AdapterError extends Error {
  override readonly name = 'AdapterError';
}

/**
 * Opens the best adapter of this machine, or the one that `want` names, and defines WebGPU's globals
 * (`GPUBufferUsage`, …) where they are missing. Call it on the main thread: a worker's environment is a copy that
 * the Vulkan loader cannot see.
 *
 * ```ts
 * const { choice } = await openAdapter();
 * choice.kind === 'gpu' || choice.software; // → true
 * ```
 *
 * @throws AdapterError when there is no adapter, none that `want` names, or Dawn cannot be loaded
 */
export async function openAdapter(options: OpenOptions = {}): Promise<OpenedAdapter> {
  const want = options.want ?? process.env['GRAFT_ADAPTER'] ?? '';
  const dawn = await loadDawn(options.verbose ?? process.env['GRAFT_VERBOSE'] === '1');
  return want === '' ? openBest(dawn) : openNamed(dawn, want);
}

/**
 * The adapter that `openAdapter` opens where it is given the same `want`, to be asked what it has that is no part of WebGPU yet, such as
 * subgroup matrices. Nothing is computed on it: what Dawn checks of programs, it leaves out there. Throws `AdapterError` as that does.
 */
export async function askExperimental(want = process.env['GRAFT_ADAPTER'] ?? ''): Promise<GPUAdapter> {
  const dawn = await loadDawn(process.env['GRAFT_VERBOSE'] === '1', [
    'enable-dawn-features=allow_unsafe_apis',
  ]);
  const { adapter } = await (want === '' ? openBest(dawn) : openNamed(dawn, want));
  return adapter;
}

async function openBest(dawn: Dawn): Promise<OpenedAdapter> {
  const system = await dawn.open('system');
  if (system) return opened(system, 'system', reasonFor(system.adapter));
  const failures: string[] = [];
  if (hasSwiftShader()) {
    try {
      const packaged = await dawn.open('npm');
      if (packaged)
        return opened(packaged, 'npm', 'found no GPU and no usable Vulkan driver; this one comes with npm');
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw noAdapter(failures);
}

async function openNamed(dawn: Dawn, want: string): Promise<OpenedAdapter> {
  const reason = `asked for by GRAFT_ADAPTER=${want}`;
  const seen: string[] = [];
  for (const source of hasSwiftShader() ? (['system', 'npm'] as const) : (['system'] as const)) {
    for (const name of await dawn.list(source)) {
      seen.push(source === 'npm' ? `${name} (from npm)` : name);
      if (want !== 'gpu' && !matches(name, want)) continue;
      const candidate = await dawn.open(source, name);
      // A name does not tell whether there is hardware behind it: ask the adapter itself.
      if (candidate && (want !== 'gpu' || kindOf(candidate.adapter) === 'gpu'))
        return opened(candidate, source, reason);
    }
  }
  throw new AdapterError(
    [
      `GRAFT_ADAPTER=${want} matches none of this machine's adapters.`,
      seen.length === 0 ? 'There are none.' : `There ${seen.length === 1 ? 'is' : 'are'}:`,
      ...seen.map((name) => `  ${name}`),
      'Give gpu, lavapipe, swiftshader or part of a name, or leave it out for the best one.',
    ].join('\n'),
  );
}

function matches(name: string, want: string): boolean {
  const needle = want.toLowerCase();
  return name.toLowerCase().includes(needle === 'lavapipe' ? 'llvmpipe' : needle);
}

function opened(
  from: Omit<OpenedAdapter, 'choice'>,
  source: AdapterChoice['source'],
  reason: string,
): OpenedAdapter {
  const kind = kindOf(from.adapter);
  return { ...from, choice: { kind, software: kind !== 'gpu', source, reason } };
}

function kindOf({ info }: GPUAdapter): AdapterKind {
  if (/llvmpipe/i.test(info.device)) return 'lavapipe';
  if (/swiftshader/i.test(info.architecture)) return 'swiftshader';
  return info.isFallbackAdapter ? 'software' : 'gpu';
}

function reasonFor(adapter: GPUAdapter): string {
  switch (kindOf(adapter)) {
    case 'gpu':
      return 'a hardware GPU is preferred';
    case 'lavapipe':
      return 'found no GPU; lavapipe is the fastest driver for a CPU';
    case 'swiftshader':
    case 'software':
      return 'found no GPU; this is the software driver installed';
  }
}

function noAdapter(failures: readonly string[]): AdapterError {
  const machine = thisMachine();
  const parts = [
    ['No WebGPU adapter found.'],
    failures,
    hasSwiftShader() ? [] : swiftShaderAdvice(),
    gpuAdvice(machine),
    lavapipeAdvice(machine),
  ];
  return new AdapterError(
    parts
      .filter((lines) => lines.length > 0)
      .map((lines) => lines.join('\n'))
      .join('\n\n'),
  );
}

function swiftShaderAdvice(): string[] {
  if (process.platform !== 'linux') return [];
  if (process.arch !== 'x64') return [`The SwiftShader in npm is for x64 only; this is ${process.arch}.`];
  return ['SwiftShader, which npm installs with graft, is missing: run `npm ci` without', '--omit=optional.'];
}

type Source = AdapterChoice['source'];

interface Dawn {
  /** The best adapter of `source`, or the one named `name`. */
  open(source: Source, name?: string): Promise<Omit<OpenedAdapter, 'choice'> | undefined>;
  /** The names of all the adapters of `source`, best first. */
  list(source: Source): Promise<string[]>;
}

/** Instances are kept for as long as the process lives: see `exitCleanly` in device.ts. */
const instances: GPU[] = [];

async function loadDawn(verbose: boolean, flags: readonly string[] = []): Promise<Dawn> {
  const { create, globals } = await import('webgpu').catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    const musl = process.platform === 'linux' && existsSync('/etc/alpine-release');
    const hint = musl
      ? "It needs glibc: use an image with Debian's Node, not Alpine's."
      : 'Run `npm ci` again.';
    throw new AdapterError(`WebGPU for Node (npm's webgpu) cannot be loaded: ${reason}\n${hint}`);
  });
  for (const [name, value] of Object.entries(globals)) if (!(name in globalThis)) define(name, value);
  // Mesa's drivers warn when there is no folder for their sockets, which they do not use here.
  if (process.platform === 'linux') process.env['XDG_RUNTIME_DIR'] ??= tmpdir();

  const hush: Hush = verbose ? (action) => action() : await hushNativeStderr();
  // The Vulkan loader reads the environment in vkCreateInstance, which Dawn calls within requestAdapter: the change
  // is over before anything else runs.
  const request = (source: Source, name?: string) => {
    const instance = create([
      'disable-dawn-features=timestamp_quantization', // otherwise timers count in steps of 0.1 ms
      ...flags,
      ...(name === undefined ? [] : [`adapter=${name}`]),
    ]);
    instances.push(instance);
    const ask = () => instance.requestAdapter({ powerPreference: 'high-performance' });
    const run = () => hush(ask);
    if (source === 'system') return { instance, adapter: run() };
    const icd = loadSwiftShader();
    return { instance, adapter: withEnvironment({ VK_DRIVER_FILES: icd, VK_ICD_FILENAMES: icd }, run) };
  };

  return {
    async open(source, name) {
      const { instance, adapter } = request(source, name);
      const found = await adapter;
      return found ? { instance, adapter: found } : undefined;
    },
    async list(source) {
      // Dawn names its adapters when it is asked for one that does not exist, and nowhere else.
      const refusal = await request(source, '\u0001').adapter.then(
        () => '',
        (error: unknown) => String(error),
      );
      return Array.from(refusal.matchAll(/name: '(.*)'$/gm), ([, name]) => name ?? '');
    },
  };
}

function define(name: string, value: unknown): void {
  Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
}

function withEnvironment<T>(variables: Readonly<Record<string, string>>, action: () => T): T {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, variables);
  try {
    return action();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}
