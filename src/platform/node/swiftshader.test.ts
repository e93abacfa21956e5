import { execFile } from 'node:child_process';
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hasSwiftShader, loadSwiftShader, unpackOnce } from './swiftshader.ts';

const supported = hasSwiftShader();
if (!supported)
  console.log('skipped: the packaged SwiftShader is for linux x64, with optional dependencies installed');

describe.skipIf(!supported)('SwiftShader from npm', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'graft-test-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is unpacked once, and again when a file is damaged', () => {
    const unpacked = unpackOnce(archive(), folder);
    expect(readdirSync(folder)).toHaveLength(1);
    const driver = join(unpacked, 'libvk_swiftshader.so');
    const { ino, size } = statSync(driver);
    expect(unpackOnce(archive(), folder)).toBe(unpacked);
    expect(statSync(driver).ino).toBe(ino);

    truncateSync(driver, 100);
    expect(unpackOnce(archive(), folder)).toBe(unpacked);
    expect(statSync(driver).size).toBe(size);
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it('is whole for each of several processes that start together', async () => {
    const program = `
      const { loadSwiftShader } = await import(${JSON.stringify(new URL('./swiftshader.ts', import.meta.url).href)});
      console.log(loadSwiftShader([${JSON.stringify(folder)}]));`;
    const start = () =>
      promisify(execFile)(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program]);
    const outputs = await Promise.all([start(), start(), start(), start()]);
    expect(new Set(outputs.map(({ stdout }) => stdout)).size).toBe(1);
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it('goes to the next folder when one cannot be written', () => {
    expect(dirname(dirname(loadSwiftShader(['/proc/nowhere', folder])))).toBe(folder);
  });

  it('is not loaded from where another user could have put it', () => {
    chmodSync(folder, 0o777);
    expect(() => loadSwiftShader([folder])).toThrow(`${folder}: is owned or writable by another user`);
    chmodSync(folder, 0o700);
    const link = join(folder, 'link');
    symlinkSync('/', link);
    expect(() => loadSwiftShader([join(link, 'proc')])).toThrow('could not be unpacked');
  });

  it('leaves nothing behind when the archive is damaged', () => {
    const broken = join(folder, 'broken.tar.br');
    writeFileSync(broken, 'not brotli');
    const target = join(folder, 'cache');
    expect(() => unpackOnce(broken, target)).toThrow();
    expect(readdirSync(target)).toEqual([]);
  });
});

function archive(): string {
  const entry = createRequire(import.meta.url).resolve('@sparticuz/chromium');
  return join(dirname(entry), '..', '..', 'bin', 'swiftshader.tar.br');
}
