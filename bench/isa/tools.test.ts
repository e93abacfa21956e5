import { describe, expect, it } from 'vitest';
import { findTools, MissingToolsError, run } from './tools.ts';

const DRIVERS = '/usr/share/vulkan/icd.d';
const complete = [
  '/opt/bin/gcc',
  '/usr/bin/spirv-as',
  `${DRIVERS}/radeon_icd.x86_64.json`,
  `${DRIVERS}/lvp_icd.json`,
  '/usr/include/stdio.h',
  '/usr/include/vulkan/vulkan.h',
];
const machineWith = (...files: string[]) => ({
  exists: (path: string) => files.includes(path),
  path: ['/opt/bin', '/usr/bin'],
});

describe('findTools', () => {
  it('finds programs along the path and drivers under either name', () => {
    expect(findTools(machineWith(...complete))).toEqual({
      gcc: '/opt/bin/gcc',
      spirvAs: '/usr/bin/spirv-as',
      radv: `${DRIVERS}/radeon_icd.x86_64.json`,
      lavapipe: `${DRIVERS}/lvp_icd.json`,
    });
  });

  it('names the one tool that is missing and its package', () => {
    const machine = machineWith(...complete.filter((path) => !path.endsWith('spirv-as')));
    expect(() => findTools(machine)).toThrow(MissingToolsError);
    expect(() => findTools(machine)).toThrow(
      /Missing:\n {2}spirv-as \(Debian package spirv-tools\)\nTry: apt-get install spirv-tools$/,
    );
  });

  it('names everything on a bare machine, each package once, and the Mesa that it takes', () => {
    expect(() => findTools(machineWith())).toThrow(
      /apt-get install gcc spirv-tools mesa-vulkan-drivers libc6-dev libvulkan-dev\n.*version 25/,
    );
  });
});

describe('run', () => {
  it('returns what a tool prints', () => {
    expect(run(process.execPath, ['-e', 'console.log(process.env.A)'], { A: 'b' })).toBe('b\n');
  });

  it('throws with the last words of one that fails', () => {
    const program = 'console.error("no such shader"); process.exit(3)';
    expect(() => run(process.execPath, ['-e', program])).toThrow(/ended with code 3: no such shader/);
  });

  it('throws for one that does not exist', () => {
    expect(() => run('/nowhere/gcc', [])).toThrow(/nowhere/);
  });
});
