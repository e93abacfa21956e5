/** What a run would be and cost, before it is started: settings, the choice of what is trained, memory and speed. */
import type { FolderStorage } from '../../../../src/platform/web/folder.ts';
import type { PlanRequest, RunPlan } from '../../../../src/run/plan.ts';
import type { Setting, TrainConfig, TrainingSpeed } from '../../../../src/train/index.ts';
import { PHOTOS } from '../photo-store.ts';
import type { Answering } from '../protocol.ts';
import type { Project } from '../project.ts';
import type { KnownNetwork } from '../weights.ts';

/** The one table of settings, as data: groups by title, settings by name. */
export type SettingGroups = Readonly<Record<string, Readonly<Record<string, Setting>>>>;

type StartNetwork = Pick<KnownNetwork, 'architecture' | 'learnedSize'>;

export interface PlanCalls {
  settings(): SettingGroups;
  /** Plans a run of what was given, that starts from this network. */
  plan(given: Partial<TrainConfig>, network: StartNetwork, budgetBytes: number): RunPlan;
  /** How fast this adapter trains: measured once, and kept. */
  speed(): TrainingSpeed;
}

const MEASURED = 'measured';
const SPEED = 'speed.json';

interface KeptSpeed {
  readonly adapter: string;
  readonly version: string;
  readonly speed: TrainingSpeed;
}

/** The calls, and `pause`, which ends a measurement that is under way: what a run computes comes first. */
export function planCalls(
  project: () => Project,
  storage: FolderStorage,
  version: string,
): { readonly calls: Answering<PlanCalls>; pause(): void } {
  let measuring: { readonly speed: Promise<TrainingSpeed>; readonly controller: AbortController } | undefined;
  const measure = async (signal: AbortSignal): Promise<TrainingSpeed> => {
    const { gpu, name: adapter } = await project().host.openGpu();
    const kept = await keptSpeed(storage);
    if (kept?.adapter === adapter && kept.version === version) return kept.speed;
    const { measureSpeed } = await import('../../../../src/train/rehearse/speed.ts');
    const speed = await measureSpeed(gpu, signal);
    await keepSpeed(storage, { adapter, version, speed }).catch(() => undefined); // then it is measured again
    return speed;
  };
  return {
    calls: {
      settings: async () => (await import('../../../../src/train/settings/table.ts')).settingGroups,
      async plan(given, { architecture, learnedSize }, budgetBytes) {
        const { planRun } = await import('../../../../src/run/plan.ts');
        const request: PlanRequest = {
          given: { data: PHOTOS, ...given },
          ...{ architecture, learnedSize, budgetBytes },
        };
        return planRun(project().host, request);
      },
      speed() {
        if (!measuring) {
          const controller = new AbortController();
          const speed = measure(controller.signal);
          speed.catch(() => (measuring = undefined));
          measuring = { speed, controller };
        }
        return measuring.speed;
      },
    },
    pause: () => measuring?.controller.abort(new Error('A run goes before the measurement.')),
  };
}

async function keptSpeed(storage: FolderStorage): Promise<KeptSpeed | undefined> {
  const bytes = await (await storage.find(MEASURED))?.read(SPEED);
  return bytes && (JSON.parse(new TextDecoder().decode(bytes)) as KeptSpeed);
}

async function keepSpeed(storage: FolderStorage, speed: KeptSpeed): Promise<void> {
  const folder = await storage.make(MEASURED);
  await folder.write(SPEED, new TextEncoder().encode(JSON.stringify(speed)));
}
