// From bytes to what a network pretrained on ImageNet expects: torchvision's ToTensor and Normalize in one step.

/**
 * Mean of ImageNet's training photos over R, G, B in 0 … 1, as torchvision states it.
 *
 * ```ts
 * IMAGENET_MEAN.map((mean) => Math.round(255 * mean)); // → [124, 116, 104]
 * ```
 */
export const IMAGENET_MEAN = [0.485, 0.456, 0.406] as const;
/**
 * Standard deviation beside `IMAGENET_MEAN`.
 *
 * ```ts
 * normalize(Uint8Array.of(255, 255, 255))[2]! * IMAGENET_STD[2] + IMAGENET_MEAN[2]; // → 1
 * ```
 */
export const IMAGENET_STD = [0.229, 0.224, 0.225] as const;

type PerChannel = readonly [r: number, g: number, b: number];

/**
 * (v / 255 − mean) / std for uint8 pixels [..., 3], into float32 of the same layout; bit-equal to torchvision, which
 * rounds to float32 after each of the three steps.
 *
 * ```ts
 * normalize(Uint8Array.of(0, 0, 255), [0.5, 0.5, 0.5], [0.5, 0.5, 0.5]); // → Float32Array.of(-1, -1, 1)
 * ```
 */
export function normalize(
  pixels: Uint8Array,
  mean: PerChannel = IMAGENET_MEAN,
  std: PerChannel = IMAGENET_STD,
): Float32Array {
  const tables = [0, 1, 2].map((channel) => channelTable(mean[channel] ?? NaN, std[channel] ?? NaN));
  const [red, green, blue] = tables as [Float32Array, Float32Array, Float32Array];
  const out = new Float32Array(pixels.length);
  for (let i = 0; i < pixels.length; i += 3) {
    out[i] = red[pixels[i] ?? 0] ?? NaN;
    out[i + 1] = green[pixels[i + 1] ?? 0] ?? NaN;
    out[i + 2] = blue[pixels[i + 2] ?? 0] ?? NaN;
  }
  return out;
}

/** A pixel has 256 values only: the arithmetic is done once for each. */
function channelTable(mean: number, std: number): Float32Array {
  const { fround } = Math;
  return Float32Array.from({ length: 256 }, (_, value) =>
    fround(fround(fround(value / 255) - fround(mean)) / fround(std)),
  );
}
