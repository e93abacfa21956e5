import { describe, expect, it } from 'vitest';
import { gpuAdvice, lavapipeAdvice, thisMachine } from './advice.ts';

const linux = (release: Record<string, string>) => lavapipeAdvice({ platform: 'linux', release }).join('\n');

describe('advice', () => {
  it('names the packages of the distribution', () => {
    expect(linux({ ID: 'debian', VERSION_ID: '12' })).toContain('apt install -t bookworm-backports');
    expect(linux({ ID: 'debian', VERSION_ID: '13' })).toContain('apt install mesa-vulkan-drivers');
    expect(linux({ ID: 'linuxmint', ID_LIKE: 'ubuntu debian' })).toContain('apt install mesa-vulkan-drivers');
    expect(linux({ ID: 'fedora' })).toContain('dnf install mesa-vulkan-drivers');
    expect(linux({ ID: 'nixos' })).toContain("your distribution's Mesa Vulkan drivers");
  });

  it('speaks of lavapipe on Linux only, and of GPUs everywhere', () => {
    expect(lavapipeAdvice({ platform: 'darwin', release: {} })).toEqual([]);
    for (const platform of ['linux', 'win32', 'darwin', 'aix'] as const) {
      expect(gpuAdvice({ platform, release: {} }).join(' ')).not.toBe('');
    }
  });

  it('fits 80 columns, indented by two', () => {
    const machine = thisMachine();
    for (const line of [...gpuAdvice(machine), ...lavapipeAdvice(machine)])
      expect(line.length).toBeLessThanOrEqual(78);
  });
});
