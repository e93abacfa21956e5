/**
 * A run of the head alone needs its photos once: they go through the trunk as they are decoded, and their features are what it learns
 * from. Loaded for such runs only.
 */
import { transformedSize, type Dataset, type DecodedPhoto } from '../data/index.ts';
import { headOf, isInStage, type Network } from '../nn/index.ts';
import { networks } from '../networks/index.ts';
import {
  FeatureNames,
  featureStream,
  firstPhase,
  type ComputedFeatures,
  type EarlierFeatures,
  type FeatureStore,
  type FeatureStream,
} from '../train/index.ts';
import type { RunHost } from './host.ts';
import { transformsOf, type PhotoStream } from './photos.ts';
import type { Session } from './session.ts';

export class TrunkStream implements PhotoStream {
  private constructor(
    private readonly model: Network,
    private readonly streams: Readonly<Record<DecodedPhoto['part'], FeatureStream>>,
    private readonly wasTraining: boolean,
    readonly needsPhotos: boolean,
  ) {}

  /**
   * A stream for what the session trains first, `done` phases being over; undefined where that needs more than features. Where it
   * `keeps` them, they are taken from earlier runs, too.
   */
  static async of(
    host: Pick<RunHost, 'version' | 'sha256' | 'openFeatures'>,
    session: Session,
    done: number,
    keeps = false,
  ): Promise<TrunkStream | undefined> {
    const { model, config, photos } = session;
    const first = firstPhase(model, config, done);
    if (first?.views === undefined) return undefined;
    const transforms = transformsOf(photos, config);
    const { train, valid } = photos.folder;
    const { training } = model;
    const store = keeps ? await host.openFeatures?.() : undefined;
    const earlier = store && (await earlierFeatures(host, session, store));
    model.eval();
    const streams = {
      train: await featureStream(model, {
        ...{ ...config, views: first.views, most: train.length },
        ...transformedSize(transforms.train),
        earlier,
      }),
      valid: await featureStream(model, {
        ...{ ...config, augment: 'none', views: 1, most: valid.length },
        ...transformedSize(transforms.valid),
        earlier,
      }),
    };
    return new TrunkStream(model, streams, training, !first.isLast);
  }

  take({ part, data }: DecodedPhoto): Promise<void> {
    return this.streams[part].push(data);
  }

  /** The features of all photos. */
  async end({ train, valid }: Dataset): Promise<ComputedFeatures> {
    const features = {
      train: await this.streams.train.end(train.labels),
      valid: await this.streams.valid.end(valid.labels),
    };
    this.model.train(this.wasTraining);
    return features;
  }

  /** Waits for what is under way, and frees the features. */
  async dispose(): Promise<void> {
    await Promise.all([this.streams.train.dispose(), this.streams.valid.dispose()]);
  }
}

async function earlierFeatures(
  { version, sha256 }: Pick<RunHost, 'version' | 'sha256'>,
  { gpu, model, architecture }: Session,
  store: FeatureStore,
): Promise<EarlierFeatures> {
  const state = await model.stateDict();
  const head = headOf(networks[architecture].stages);
  const trunk = [...state.keys()].filter((name) => !isInStage(name, head));
  return { store, names: new FeatureNames({ version, gpu, architecture, state, names: trunk, sha256 }) };
}
