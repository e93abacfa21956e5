import { describe, expect, it } from 'vitest';
import { fileTree } from '../../data/file-tree.ts';
import { following, normalisationNotes, preparationOf, readPreparation } from './preparation.ts';

const USUAL = { kind: 'resize-short-crop', resize: 256, crop: 224 } as const;
const IMAGENET = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
/** What timm's resnet18.a1_in1k has beside its weights, in short. */
const timm = {
  architecture: 'resnet18',
  pretrained_cfg: {
    tag: 'a1_in1k',
    input_size: [3, 224, 224],
    interpolation: 'bicubic',
    crop_pct: 0.95,
    ...IMAGENET,
  },
};
/** And microsoft/resnet-50. */
const huggingFace = {
  crop_pct: 0.875,
  do_normalize: true,
  image_mean: IMAGENET.mean,
  image_std: IMAGENET.std,
  resample: 3,
  size: { shortest_edge: 224 },
};
const tree = (texts: Readonly<Record<string, string>>) =>
  fileTree(
    Object.entries(texts).map(([name, text]) => [
      name,
      () => Promise.resolve(new TextEncoder().encode(text)),
    ]),
  );
const beside = (name: string, settings: unknown) =>
  readPreparation(tree({ [`w/${name}`]: JSON.stringify(settings) }), 'w/model.safetensors', {});

describe("how a network's photos were prepared", () => {
  it("is read from timm's file beside the weights", async () => {
    const { transform, notes } = following(await beside('config.json', timm), USUAL);
    expect(transform).toEqual({ kind: 'resize-short-crop', resize: 235, crop: 224 });
    expect(notes).toEqual([
      'photos resized to 235 px and cropped to 224 px, as it says',
      'photos resized by a bilinear filter, though it was made for a bicubic one',
    ]);
  });

  it("is read from Hugging Face's", async () => {
    const { transform, notes } = following(await beside('preprocessor_config.json', huggingFace), USUAL);
    expect(transform).toEqual(USUAL);
    expect(notes).toEqual(['photos resized by a bilinear filter, though it was made for a bicubic one']);
  });

  it('is read from the metadata, which take precedence', async () => {
    const metadata = { pretrained_cfg: JSON.stringify({ ...timm.pretrained_cfg, crop_pct: 1 }) };
    const files = tree({ 'config.json': JSON.stringify(timm) });
    expect(await readPreparation(files, 'model.safetensors', metadata)).toMatchObject({ size: 224, crop: 1 });
    expect(
      preparationOf({ format: 'pt', input_size: '[3, 160, 160]', interpolation: 'bicubic', crop_pct: '0.9' }),
    ).toEqual({
      size: 160,
      crop: 0.9,
      interpolation: 'bicubic',
    });
  });

  it('is told where colours were normalised otherwise', () => {
    expect(normalisationNotes({ mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5] })).toEqual([
      "photos normalised by ImageNet's mean and deviation, though it was made for mean 0.5, 0.5, 0.5 and deviation 0.5, 0.5, 0.5: its answers may be worse",
    ]);
    expect(normalisationNotes({ mean: IMAGENET.mean, deviation: IMAGENET.std })).toEqual([]);
  });

  it('is the usual one where nothing is said', async () => {
    const nothing = await readPreparation(tree({}), 'model.pth', { format: 'pt' });
    expect(nothing).toEqual({});
    expect(following(nothing, USUAL)).toEqual({ transform: USUAL, notes: [] });
  });

  it.each([
    '',
    'null',
    '[]',
    '{"size":128,"crop_pct":0.5}',
    '{"pretrained_cfg":{"pretrained_cfg":7}}',
    '{"pretrained_cfg":{"input_size":[3,1e9,1e9],"crop_pct":1e-9,"mean":["x",1,2],"std":[1],"interpolation":"\u001b[2J"}}',
    '{"pretrained_cfg":{"size":{"shortest_edge":-1},"resample":99,"crop_pct":"0.9"}}',
  ])('ignores nonsense: %j', async (text) => {
    expect(await readPreparation(tree({ 'config.json': text }), 'model.pth', {})).toEqual({});
  });
});
