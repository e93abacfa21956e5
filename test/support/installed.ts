/** graft as its users have it: packed as npm would publish it, and installed into an empty folder. */
import { execFile } from 'node:child_process';
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

  /** What the compiler of that version has against the project in `folder`; empty where it is content. */
  async compile(folder: string, typescript: '5' | '7'): Promise<string> {
    const require = createRequire(
      typescript === '7' ? join(ROOT, 'test/package/package.json') : import.meta.url,
    );
    const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc');
    const types = join(ROOT, 'node_modules/@types');
    return output(process.execPath, [tsc, '--typeRoots', types, '-p', folder], folder).catch(
      (error: Error) => error.message,
    );
  }

  close(): Promise<void> {
    return rm(this.home, { recursive: true, force: true });
  }
}
