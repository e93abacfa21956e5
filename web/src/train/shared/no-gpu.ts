/** What a visitor can do in this very browser where there is no graphics device for WebGPU, or only a slow one. */
import type { Visitor } from './browser.ts';

export interface Advice {
  readonly title: string;
  readonly steps: readonly string[];
}

const NEWER: Readonly<Record<Visitor['browser'], string>> = {
  Chrome: 'Update Chrome: it has WebGPU since version 113, on Android since 121.',
  Edge: 'Update Edge: it has WebGPU since version 113.',
  Firefox:
    'Update Firefox: it has WebGPU on Windows since version 141 and on Macs since 145. On Linux, take Chrome, or Firefox Nightly.',
  Safari: 'Update the system: Safari has WebGPU since version 26.',
  unknown: 'Open this page in a current Chrome, Edge, Firefox or Safari.',
};

const ACCELERATION: Readonly<Record<Visitor['browser'], string>> = {
  Chrome:
    'Open chrome://settings/system, switch on “Use graphics acceleration when available”, and start Chrome again.',
  Edge: 'Open edge://settings/system, switch on “Use graphics acceleration when available”, and start Edge again.',
  Firefox:
    'Open the settings of Firefox, find “performance”, switch on hardware acceleration, and start Firefox again.',
  Safari: 'Start Safari again; in its settings under Feature Flags, WebGPU must be switched on.',
  unknown: 'Switch hardware acceleration on in the settings of the browser, and start it again.',
};

const DRIVER: Readonly<Record<Visitor['system'], string>> = {
  Windows:
    'Install the newest driver of the graphics card from its maker (NVIDIA, AMD or Intel), and start again.',
  macOS: 'Install the newest update of macOS: drivers come with it.',
  Linux:
    'Install the newest Vulkan driver (on Debian and Ubuntu: mesa-vulkan-drivers, or the NVIDIA driver). On some machines Chrome also needs --enable-features=Vulkan --enable-unsafe-webgpu.',
  Android: 'Install the newest update of the system. WebGPU needs Android 12 and a recent phone.',
  iOS: 'Install the newest update of the system.',
  unknown: 'Update the system and the driver of the graphics card.',
};

const SEE_WHY: Readonly<Record<Visitor['browser'], string | undefined>> = {
  Chrome: 'chrome://gpu says under “WebGPU” why it is off.',
  Edge: 'edge://gpu says under “WebGPU” why it is off.',
  Firefox: 'about:support says under “Graphics” why it is off.',
  Safari: undefined,
  unknown: undefined,
};

const TERMINAL = 'Or train in a terminal, on any machine with Node: graft trains there the same runs.';

/** By the kind of a `WebGpuError`, among them kinds that come later; `software` for an adapter that is a CPU; `terminal` says what can be done there. */
export function adviceFor(kind: string, { browser, system }: Visitor, terminal = TERMINAL): Advice {
  const steps = (...all: readonly (string | undefined)[]) => all.filter((step) => step !== undefined);
  switch (kind) {
    case 'insecure-context':
      return {
        title: 'Browsers offer the graphics card only to secure pages',
        steps: ['Open this page by https://, or from localhost.'],
      };
    case 'no-webgpu':
      return { title: 'This browser cannot compute on the graphics card', steps: [NEWER[browser], terminal] };
    case 'blocked':
      return {
        title: 'This browser does not let pages compute on this graphics card',
        steps: steps(DRIVER[system], SEE_WHY[browser], otherBrowser(browser)),
      };
    case 'software':
      return {
        title: 'This browser computes on the processor, which works and is slow',
        steps: steps(
          'Train the head of the network alone, on a few hundred photos: that takes minutes here.',
          ACCELERATION[browser],
          DRIVER[system],
        ),
      };
    case 'no-device':
      return {
        title: 'The graphics card is there and could not be opened',
        steps: ['Close other tabs and programs that use it, and reload this page.', DRIVER[system]],
      };
    default:
      return {
        title: 'This browser found no graphics card to compute on',
        steps: steps(ACCELERATION[browser], DRIVER[system], SEE_WHY[browser], terminal),
      };
  }
}

const otherBrowser = (browser: Visitor['browser']): string =>
  browser === 'Chrome' ? 'Or try another browser.' : 'Or try Chrome, which runs on the most graphics cards.';
