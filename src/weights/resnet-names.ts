/**
 * The names and shapes of torchvision's ResNets of basic blocks (He et al. 2016, table 1), from numbers alone: what an
 * exported file must have is known without a GPU, and without the network that reads it.
 */

/** Blocks in each of the four stages. */
export const resnetBlocks = { resnet18: [2, 2, 2, 2], resnet34: [3, 4, 6, 3] } as const;
export type ResNetName = keyof typeof resnetBlocks;

/**
 * A block: its name (`layer2.0`), channels, the first convolution's stride, and whether its shortcut has a projection.
 */
export interface ResNetBlock {
  readonly name: string;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly stride: 1 | 2;
  readonly hasProjection: boolean;
}

export const FEATURES = 512;

/** All blocks of a network, from input to output. */
export function blocksOf(network: ResNetName): ResNetBlock[] {
  let inChannels = 64;
  return resnetBlocks[network].flatMap((count, stage) =>
    Array.from({ length: count }, (_, i): ResNetBlock => {
      const outChannels = 64 * 2 ** stage;
      const stride = stage > 0 && i === 0 ? 2 : 1;
      const hasProjection = stride !== 1 || inChannels !== outChannels;
      const block = {
        name: `layer${stage + 1}.${i}`,
        inChannels,
        outChannels,
        stride,
        hasProjection,
      } as const;
      inChannels = outChannels;
      return block;
    }),
  );
}

/**
 * Names and shapes of the state dict of `network` with `outputs` logits, in torchvision's
 * order, batch norm's counts too.
 */
export function resnetStateShapes(network: ResNetName, outputs: number): Map<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>();
  const conv = (name: string, out: number, channels: number, size: number) =>
    shapes.set(`${name}.weight`, [out, channels, size, size]);
  const norm = (name: string, channels: number) => {
    for (const part of ['weight', 'bias', 'running_mean', 'running_var'])
      shapes.set(`${name}.${part}`, [channels]);
    shapes.set(`${name}.num_batches_tracked`, []);
  };
  conv('conv1', 64, 3, 7);
  norm('bn1', 64);
  for (const { name, inChannels, outChannels, hasProjection } of blocksOf(network)) {
    conv(`${name}.conv1`, outChannels, inChannels, 3);
    norm(`${name}.bn1`, outChannels);
    conv(`${name}.conv2`, outChannels, outChannels, 3);
    norm(`${name}.bn2`, outChannels);
    if (!hasProjection) continue;
    conv(`${name}.downsample.0`, outChannels, inChannels, 1);
    norm(`${name}.downsample.1`, outChannels);
  }
  shapes.set('fc.weight', [outputs, FEATURES]);
  shapes.set('fc.bias', [outputs]);
  return shapes;
}
