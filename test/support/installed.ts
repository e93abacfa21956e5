/** graft as its users have it: packed as npm would publish it, and installed into an empty folder. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cp, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Runs a program and gives what it wrote; rejects with all of that where it fails. */
export async function output(program: string, args: readonly string[], cwd: string): Promise<string> {
  const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, npm_lifecycle_event: undefined };
  try {
    const { stdout } = await promisify(execFile)(program, args, { cwd, env, maxBuffer: 1e8 });
    return stdout;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`${program} ${args.join(' ')} failed:\n${stdout}\n${stderr}`, { cause: error });
  }
}

export interface Compiler {
  readonly version: string;
  readonly tsc: string;
}

/** TypeScript as graft itself is compiled, and the newest where it is installed in test/package; says so where it is not. */
export function compilers(): readonly Compiler[] {
  const found = ['package.json', 'test/package/package.json'].map((from) => {
    const path = createRequire(join(ROOT, from)).resolve('typescript/package.json');
    const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version: string };
    return { version, tsc: join(dirname(path), 'bin/tsc') };
  });
  // Where there is none of its own, Node finds the other one again.
  const different = found.filter(({ tsc }, i) => found.findIndex((one) => one.tsc === tsc) === i);
  if (different.length < 2) console.log('skipped: TypeScript 7 needs `npm ci` in test/package');
  return different;
}

export class Installed {
  private constructor(
    readonly home: string,
    /** Bytes of the packed file. */
    readonly packedBytes: number,
  ) {}

  static async open(): Promise<Installed> {
    const home = await mkdtemp(join(tmpdir(), 'graft-installed-'));
    await output('npm', ['pack', '--pack-destination', home], ROOT);
    const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };
    const packed = join(home, `graft-${version}.tgz`);
    await writeFile(join(home, 'package.json'), '{ "private": true, "type": "module" }');
    // What graft's own dependencies brought lies in npm's cache.
    await output('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', packed], home);
    return new Installed(home, (await stat(packed)).size);
  }

  /** One of the examples, in a folder of its own that has graft. */
  async example(name: string): Promise<string> {
    const folder = join(this.home, name);
    await cp(join(ROOT, 'examples', name), folder, { recursive: true });
    return folder;
  }

  /** What a compiler has against the project in `folder`; empty where it is content. */
  async compile(folder: string, { tsc }: Compiler): Promise<string> {
    const types = join(ROOT, 'node_modules/@types');
    return output(process.execPath, [tsc, '--typeRoots', types, '-p', folder], folder).catch(
      (error: Error) => error.message,
    );
  }

  close(): Promise<void> {
    return rm(this.home, { recursive: true, force: true });
  }
}
