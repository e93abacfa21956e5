/**
 * Two networks and what they made of one photo. All activations of the forward pass stay here, so that the page can ask for any layer
 * without the photo going through the network again.
 */
import { ImageError } from '../../../../src/data/errors.ts';
import { WHITE, type DecodedImage } from '../../../../src/data/image.ts';
import { paperGpu, type Gpu } from '../../../../src/gpu/index.ts';
import { networks, outputsIn } from '../../../../src/networks/index.ts';
import type { HostTensor } from '../../../../src/nn/index.ts';
import { browserDecoder } from '../../../../src/platform/web/browser-decoder.ts';
import { keptGpu } from '../../../../src/platform/web/host.ts';
import { createClassifier, transformOf, type Classifier } from '../../../../src/run/model/classifier.ts';
import type { NamedWeights } from '../../../../src/run/model/named-weights.ts';
import { changeOf } from '../../../../src/run/see/compare.ts';
import { fieldsOf } from '../../../../src/run/see/fields.ts';
import { filterPictures } from '../../../../src/run/see/filters.ts';
import {
  IMAGE,
  normOf,
  planLayers,
  seeLayers,
  type PlannedLayer,
  type SeenImage,
} from '../../../../src/run/see/layers.ts';
import {
  occlude,
  type Occlusion,
  type OcclusionControls,
  type Patch,
} from '../../../../src/run/see/occlusion.ts';
import {
  isSum,
  normAfter,
  normSteps,
  readNorm,
  readSum,
  termsOf,
  type NormValues,
  type Place,
  type SumWeights,
} from '../../../../src/run/see/output.ts';
import { ownSide, prepare } from '../../../../src/run/see/prepare.ts';
import { probabilities } from '../../../../src/train/loop/loss-kinds.ts';
import { classMaps, type ClassMap } from '../../../../src/train/explain/grad-cam.ts';
import { readNetworkFile } from '../../../../src/train/files/load-network.ts';
import { imageTensor } from '../../../../src/train/inputs/images.ts';
import type {
  Explained,
  Filters,
  GivenPhoto,
  LayerValues,
  Looked,
  Prepared,
  SeenNetwork,
  ShownLayer,
  Slot,
  Wanted,
} from './protocol.ts';
import type { Sources } from './sources.ts';

/** A network, and what it made of the photo. */
interface Opened {
  readonly id: string;
  readonly title: string;
  readonly classifier: Classifier;
  /** Parameters that were read back, by layer. */
  readonly weights: Map<number, SumWeights>;
  readonly norms: Map<number, NormValues>;
  seen?: SeenImage;
}

export class Looker {
  private readonly openGpu = keptGpu();
  private readonly decode = browserDecoder({
    loadOwn: async () => (await import('../../../../src/platform/web/own-decoder.ts')).decodeImage,
  });
  private opened: readonly Opened[] = [];
  private slots: { readonly a?: Opened; readonly b?: Opened | undefined } = {};
  private photo: { readonly id: number; readonly image: DecodedImage } | undefined;
  private image: DecodedImage = { width: 0, height: 0, data: new Uint8Array() };

  constructor(readonly sources: Sources) {}

  /** Shows the photo to the networks. Throws what reading it, them, or the adapter throws. */
  async look({ a, b, photo, side }: Wanted): Promise<Looked> {
    const decoded = await this.decoded(photo);
    const { gpu, name } = await this.openGpu();
    const before = performance.now();
    const wanted = b === undefined || b === a ? [a] : [a, b];
    const titles = new Map((await this.sources.list()).map(({ id, title }) => [id, title]));
    const kept = this.opened.filter(
      ({ id, classifier }) => wanted.includes(id) && classifier.model.gpu === gpu,
    );
    for (const gone of this.opened) if (!kept.includes(gone)) gone.classifier.model.dispose();
    this.opened = kept;
    for (const id of wanted) {
      if (this.opened.some((one) => one.id === id)) continue;
      if (!titles.has(id)) throw new Error(`This browser has no network ${id}: choose one of the list.`);
      const classifier = await createClassifier(gpu, await this.sources.weights(id), { numbered: true });
      const opened = { id, title: titles.get(id) ?? id, classifier, weights: new Map(), norms: new Map() };
      this.opened = [...this.opened, opened];
    }
    const find = (id: string | undefined) => this.opened.find((one) => one.id === id);
    const [first, second] = [find(a), find(b)];
    if (!first) throw new Error(`${a} could not be opened.`);
    const own = ownSide(first.classifier.transform);
    this.image = prepare(decoded, first.classifier.transform, side ?? own);
    this.slots = { a: first, b: second };
    const seen = new Map<Opened, SeenNetwork>();
    for (const one of this.opened) seen.set(one, await this.see(one));
    const ofFirst = seen.get(first);
    if (!ofFirst) throw new Error(`${a} could not be opened.`);
    return {
      ...{ image: this.image, ownSide: own, adapter: name, a: ofFirst },
      b: second && seen.get(second),
      changes: (first.seen?.layers ?? []).map((_, index) => this.change(index)?.relative),
      milliseconds: performance.now() - before,
    };
  }

  /** What can be told of a photo without a device: how A would see it, and its layers, recorded on paper. */
  async prepared({ a, photo, side }: Omit<Wanted, 'b'>): Promise<Prepared> {
    const file = await this.sources.weights(a);
    const { architecture, tensors, card } = await readNetworkFile(file, file.source);
    const { transform } = transformOf(file, card);
    const image = prepare(await this.decoded(photo), transform, side ?? ownSide(transform));
    const network = networks[architecture];
    const paper = paperGpu({ software: false, subgroupSize: 32 });
    const create = (gpu: Gpu) => network.create(gpu, outputsIn(tensors, network));
    const layers = planLayers(paper, create, image.width);
    const fields = layers.map((_, index) => fieldsOf(layers, index, [image.height, image.width]));
    return { image, layers: shown(layers), fields };
  }

  /** The values of a layer of A, and of B's of the same name and shape. */
  layer(index: number): LayerValues {
    const { layers, input } = this.seen('a');
    const layer = layers[index];
    if (!layer) throw new RangeError(`There is no layer ${index}.`);
    const other = this.partner(index);
    return {
      a: layer.values.slice(),
      b: other?.values.slice(),
      fields: fieldsOf(layers, index, [input.shape[0], input.shape[1]]),
      changes: this.change(index)?.ofChannels,
    };
  }

  /** Takes an output of a weighted sum of A apart, or that of the layer of the same name of B. */
  async explain(slot: Slot, index: number, place: Place): Promise<Explained> {
    const { seen, weights, norms } = this.slot(slot);
    const layers = seen?.layers ?? [];
    const at =
      slot === 'a' ? index : layers.findIndex(({ name }) => name === this.seen('a').layers[index]?.name);
    const layer = layers[at];
    const weight = weights.get(at) ?? (layer && (await readSum(layer)));
    if (!seen || !layer || !weight) throw new RangeError(`Layer ${index} is no weighted sum.`);
    weights.clear(); // one is enough: they are large
    weights.set(at, weight);
    const terms = termsOf(seen, at, weight, place);
    const after = normAfter(layers, at);
    const norm = after === undefined ? undefined : layers[after] && normOf(layers[after]);
    if (after !== undefined && norm && !norms.has(after)) norms.set(after, await readNorm(norm));
    const values = after === undefined ? undefined : norms.get(after);
    const from = layer.inputs[0] ?? IMAGE;
    const input = layers[from];
    return {
      ...place,
      layer: layer.name,
      terms,
      input: input
        ? { name: input.name, shape: input.shape }
        : { name: 'the photo', shape: seen.input.shape },
      norm: after !== undefined && values ? normSteps(layers, after, values, terms.sum, place) : undefined,
    };
  }

  /** The filters of the first convolution, from the file: that takes no device. */
  async filters(a: string, b: string | undefined): Promise<Filters> {
    const first = await stemOf(await this.sources.weights(a));
    const second = b === undefined ? undefined : await stemOf(await this.sources.weights(b));
    return {
      layer: first.layer,
      a: filterPictures(first.weight),
      b: second && filterPictures(second.weight),
    };
  }

  async classMap(slot: Slot, index: number): Promise<ClassMap> {
    const { model } = this.slot(slot).classifier;
    const { width, height, data } = this.image;
    const [map] = await classMaps(model, { width, height, image: () => data }, [0], [index]);
    if (!map) throw new Error('One image was given, and there is no map of it.');
    return map;
  }

  occlude(slot: Slot, index: number, patch: Patch, controls: OcclusionControls): Promise<Occlusion> {
    return occlude(this.slot(slot).classifier.model, this.image, index, patch, controls);
  }

  private async decoded({ id, name, file }: GivenPhoto): Promise<DecodedImage> {
    if (this.photo?.id === id) return this.photo.image;
    const bytes = new Uint8Array(await file.arrayBuffer());
    const image = await this.decode(bytes, WHITE).catch((error: unknown) => {
      // Its message is a reason, to be read after the name.
      throw error instanceof ImageError ? new Error(`${name} ${error.message}.`, { cause: error }) : error;
    });
    this.photo = { id, image };
    return image;
  }

  private async see(opened: Opened): Promise<SeenNetwork> {
    const { model, classes, loss } = opened.classifier;
    const { width, height, data } = this.image;
    const set = { width, height, image: () => data };
    const seen = (opened.seen = await seeLayers(model, () => imageTensor(model.gpu, set, [0], width)));
    const { layers } = seen;
    const logits = layers.at(-1)?.values ?? new Float32Array();
    return {
      ...{ title: opened.title, classes, logits, shares: probabilities(logits, loss) },
      layers: shown(layers),
    };
  }

  /** B's layer of the same name. */
  private partner(index: number) {
    const { name, shape } = this.seen('a').layers[index] ?? {};
    const found = this.slots.b?.seen?.layers.find((layer) => layer.name === name);
    return found?.shape.join() === shape?.join() ? found : undefined;
  }

  private change(index: number) {
    const own = this.seen('a').layers[index];
    const other = this.partner(index);
    return own && other && changeOf(own, other);
  }

  private slot(slot: Slot): Opened {
    const found = this.slots[slot];
    if (!found) throw new Error('No photo was shown to a network yet.');
    return found;
  }

  private seen(slot: Slot): SeenImage {
    const { seen } = this.slot(slot);
    if (!seen) throw new Error('No photo was shown to a network yet.');
    return seen;
  }
}

/** Layers as the page has them. */
const shown = (layers: readonly PlannedLayer[]): ShownLayer[] =>
  layers.map((layer, index) => {
    const { name, op, shape, window, relu, inputs } = layer;
    const sums = isSum(layer);
    return {
      ...{ name, op, shape, window, relu, isSum: sums, hasShortcut: inputs.length > 1 },
      partner: sums ? normAfter(layers, index) : normOf(layer) ? inputs[0] : undefined,
    };
  });

/** The first filters over three colours in a file. */
async function stemOf(file: NamedWeights): Promise<{ readonly layer: string; readonly weight: HostTensor }> {
  const { tensors } = await readNetworkFile(file, file.source);
  for (const [name, weight] of tensors)
    if (weight.shape.length === 4 && weight.shape[1] === 3)
      return { layer: name.replace(/\.weight$/, ''), weight };
  throw new Error(`${file.source} has no filters over colours.`);
}
