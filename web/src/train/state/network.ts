/** The network that is trained, what of it, and what that costs: as the engine plans it whenever photos or settings change. */
import { computed, effect, signal } from '@preact/signals';
import { messageOf } from '../../../../src/format.ts';
import type { RunPlan } from '../../../../src/run/plan.ts';
import type { RunCost } from '../../../../src/train/index.ts';
import { secondsOf, type RunSeconds, type TrainingSpeed } from '../../../../src/train/rehearse/seconds.ts';
import type { KnownNetwork } from '../../engine/weights.ts';
import { asking } from './asking.ts';
import { engine, onEngineEvent } from './engine.ts';
import { adding, photos } from './photos.ts';
import { training } from './run.ts';
import { given, groups, tune, weights } from './settings.ts';

/** All networks to start from. */
export const networks = signal<readonly KnownNetwork[]>([]);
/** The one that is chosen; undefined until the engine has told what there is. */
export const network = computed(() =>
  networks.value.find(({ name, place }) =>
    weights.value === undefined ? place === 'site' : name === weights.value,
  ),
);
/** Bytes that may be taken on the GPU. Browsers tell of main memory at the most, of which many graphics chips take half. */
export const budget = signal(defaultBudget());
/** Undefined while there are too few photos. */
export const plan = signal<RunPlan | undefined>(undefined);
/** Why there is no plan for what is set. */
export const planProblem = signal<string | undefined>(undefined);
export const speed = signal<TrainingSpeed | undefined>(undefined);

/** Whether the plan is not yet that of what is set. */
export const isPlanning = signal(false);
/** The index of the first stage that is trained, at once and not only when the plan of it is there; −1 for parts of stages. */
export const firstTrained = computed(() => {
  const { scopes = [], auto } = plan.value ?? {};
  return scopes.findIndex((scope) => scope.tune === (tune.value ?? auto));
});

/** What a choice takes, where the adapter's speed is known. */
export const secondsFor = (cost: RunCost | undefined): RunSeconds | undefined =>
  cost && speed.value && secondsOf(cost, speed.value);

const hasPhotos = computed(() => photos.value.classes.filter((one) => one.count > 0).length >= 2);

/** So many milliseconds after the last change it is planned anew. */
const PAUSE = 250;
let asked = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Begins to plan. */
export async function beginPlanning(): Promise<void> {
  // Not by `asking`: what else the page began with may have failed, and that is to be read on.
  try {
    [groups.value, networks.value] = await Promise.all([engine.settings(), engine.networks()]);
    // One that was removed for another project.
    if (!network.value) weights.value = undefined;
  } catch (error) {
    planProblem.value = messageOf(error);
    return;
  }
  effect(() => {
    const request = [given.value, network.value, budget.value, photos.value] as const;
    const isAble = hasPhotos.value && !training.value && !adding.value;
    clearTimeout(timer);
    asked += 1;
    if (!hasPhotos.value) plan.value = undefined;
    isPlanning.value = isAble;
    if (isAble) timer = setTimeout(() => void makePlan(request[0], request[1], request[2]), PAUSE);
  });
}

async function makePlan(
  settings: typeof given.value,
  startFrom: KnownNetwork | undefined,
  budgetBytes: number,
): Promise<void> {
  if (!startFrom) return;
  const mine = asked;
  try {
    const made = await engine.plan(settings, startFrom, budgetBytes);
    if (mine !== asked) return; // something else was set meanwhile
    plan.value = made;
    planProblem.value = undefined;
    isPlanning.value = false;
    speed.value ??= await engine.speed().catch(() => undefined); // a run goes first
  } catch (error) {
    if (mine !== asked) return;
    planProblem.value = messageOf(error);
    isPlanning.value = false;
  }
}

/** Chooses the network to start from. */
export function chooseNetwork({ name, place }: KnownNetwork): void {
  weights.value = place === 'site' ? undefined : name;
}

/** Keeps the first of these files as a network to start from, and chooses it. */
export async function addNetwork(files: Promise<readonly { readonly file: Blob; readonly path: string }[]>) {
  const added = await asking('Reading the network', async () => {
    const [first] = await files;
    if (!first) return undefined;
    const name = await engine.addNetwork(first.file, first.path.replace(/^.*\//, ''));
    return { name, networks: await engine.networks() };
  });
  if (!added) return;
  networks.value = added.networks;
  weights.value = added.name;
}

/** The network of the catalogue that is on its way. */
export const fetching = signal<string | undefined>(undefined);

/** Fetches a network of the catalogue. */
export async function fetchNetwork(name: string): Promise<void> {
  fetching.value = name;
  const found = await asking(`Fetching ${name}`, async () => {
    await engine.fetchNetwork(name);
    return engine.networks();
  });
  fetching.value = undefined;
  networks.value = found ?? networks.value;
}

export const cancelFetching = (): Promise<void> => engine.cancelFetching();

// A run reads the file as it is now: of one that was kept before its notes were, they are told only then.
onEngineEvent((event) => {
  if (event.kind !== 'weights') return;
  const { source, notes } = event;
  networks.value = networks.value.map((one) => (one.name === source ? { ...one, notes } : one));
});

/** Forgets a network that is kept; one of the catalogue can be fetched again. */
export async function forgetNetwork(name: string): Promise<void> {
  const found = await asking('Removing', async () => {
    await engine.forgetNetwork(name);
    return engine.networks();
  });
  if (!found) return;
  networks.value = found;
  if (weights.value === name) weights.value = undefined;
}

/** Trains the network from one stage on, or all that graft would choose. */
export const trainFrom = (wanted: string | undefined): void => void (tune.value = wanted);

function defaultBudget(): number {
  const { deviceMemory = 4 } = navigator as Navigator & { readonly deviceMemory?: number };
  return Math.min(8, Math.max(1, deviceMemory / 2)) * 2 ** 30;
}
