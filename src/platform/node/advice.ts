// What to tell a user to install, for each operating system, so that graft finds an adapter or a faster one.
import { readFileSync } from 'node:fs';

/** What decides the advice: Node's `process.platform` and, on Linux, the contents of /etc/os-release. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly release: Readonly<Record<string, string>>;
}

/** This machine; `release` is empty if there is no /etc/os-release. */
export function thisMachine(): Machine {
  try {
    return { platform: process.platform, release: parseRelease(readFileSync('/etc/os-release', 'utf8')) };
  } catch {
    return { platform: process.platform, release: {} };
  }
}

/** The lines that say how to get a hardware GPU to work here. */
export function gpuAdvice({ platform }: Machine): string[] {
  switch (platform) {
    case 'linux':
      return [
        'A GPU needs its Vulkan driver: mesa-vulkan-drivers for AMD and Intel, the',
        "vendor's driver for NVIDIA. `vulkaninfo --summary` lists what Vulkan sees.",
        'In a container, pass the GPU in: --device /dev/dri, or --gpus all (NVIDIA).',
      ];
    case 'win32':
      return ["Install the GPU vendor's current driver; WebGPU runs on Direct3D 12."];
    case 'darwin':
      return ['WebGPU needs Metal: macOS 12 or newer; many virtual machines have none.'];
    default:
      return [`WebGPU in Node runs on Linux, macOS and Windows; this is ${platform}.`];
  }
}

/** The lines that say how to install lavapipe, the fastest driver for the CPU; none if it does not exist. */
export function lavapipeAdvice({ platform, release }: Machine): string[] {
  if (platform !== 'linux') return [];
  const install = lavapipePackages(release);
  const faster = 'lavapipe (Mesa) computes on the CPU, about 4 times as fast as SwiftShader:';
  return install === undefined
    ? [`${faster} install`, "your distribution's Mesa Vulkan drivers."]
    : [faster, ...install];
}

function lavapipePackages(release: Readonly<Record<string, string>>): string[] | undefined {
  const family = [release['ID'] ?? '', ...(release['ID_LIKE'] ?? '').split(' ')];
  const is = (...names: string[]) => names.some((name) => family.includes(name));
  if (release['ID'] === 'debian' && release['VERSION_ID'] === '12') {
    return [
      '  (add the suite bookworm-backports to your sources: Mesa 22.3 is too old)',
      '  sudo apt install -t bookworm-backports mesa-vulkan-drivers libvulkan1',
    ];
  }
  if (is('debian', 'ubuntu')) return ['  sudo apt install mesa-vulkan-drivers libvulkan1'];
  if (is('fedora', 'rhel', 'centos')) return ['  sudo dnf install mesa-vulkan-drivers vulkan-loader'];
  if (is('arch')) return ['  sudo pacman -S vulkan-swrast vulkan-icd-loader'];
  if (is('suse', 'opensuse')) return ['  sudo zypper install libvulkan_lvp libvulkan1'];
  return undefined;
}

/** Parses the `NAME=value` lines of /etc/os-release; see os-release(5). */
function parseRelease(text: string): Record<string, string> {
  const lines = text.matchAll(/^([A-Z_]+)=(?:"(.*)"|'(.*)'|(.*))$/gm);
  return Object.fromEntries(
    Array.from(lines, ([, name, double, single, plain]) => [name, double ?? single ?? plain]),
  ) as Record<string, string>;
}
