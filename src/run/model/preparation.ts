/**
 * How a network from elsewhere was shown photos. torchvision's were all shown them in one way, which is graft's; timm and
 * Hugging Face write theirs down, in the file's metadata or in a small JSON file beside it. Size and crop are followed; what
 * graft has only one of (the filter that resizes, the normalisation) is told where it differs.
 */
import { IMAGENET_MEAN, IMAGENET_STD, type FileSystem, type Transform } from '../../data/index.ts';

/** What is written down of it; nothing where the file does not say. */
export interface Preparation {
  /** The side of the network's input, in pixels. */
  readonly size?: number;
  /** The share of the resized photo's short side that is cut out of its centre. */
  readonly crop?: number;
  /** `bilinear`, `bicubic`, …. */
  readonly interpolation?: string;
  /** Per channel, of values from 0 to 1. */
  readonly mean?: readonly number[];
  readonly deviation?: readonly number[];
}

/** Files that libraries put beside weights, and where in them it stands; many programs have a config.json. */
const NEIGHBOURS: readonly { readonly name: string; readonly key?: string }[] = [
  { name: 'config.json', key: 'pretrained_cfg' },
  { name: 'preprocessor_config.json' },
];
/** Real ones have some kB. */
const LONGEST_TEXT = 1_000_000;

/** The preparation that the metadata of the weights file at `path`, or a file beside it, tells. Never throws: what cannot be read says nothing. */
export async function readPreparation(
  files: FileSystem,
  path: string,
  metadata: Readonly<Record<string, string>>,
): Promise<Preparation> {
  const folder = path.replace(/[^/\\]*$/, '');
  let found: Preparation = {};
  for (const { name, key } of NEIGHBOURS) {
    const settings = await readObject(files, folder + name);
    const there = key !== undefined && isObject(settings) ? settings[key] : settings;
    found = { ...found, ...preparationIn(there) };
  }
  return { ...found, ...preparationOf(metadata) };
}

/** What a file's own metadata tell, whose values are texts: timm's settings as one, or each under its name. */
export function preparationOf(metadata: Readonly<Record<string, string>>): Preparation {
  const fields = Object.entries(metadata).filter(([key]) => key !== 'resize');
  const settings = Object.fromEntries(fields.map(([key, text]) => [key, parsed(text) ?? text]));
  return preparationIn(settings['pretrained_cfg'] ?? settings);
}

/** The transform for photos, and what of the preparation graft cannot follow, in clauses for people. */
export function following(
  preparation: Preparation,
  usual: Extract<Transform, { readonly kind: 'resize-short-crop' }>,
): { readonly transform: Transform; readonly notes: readonly string[] } {
  const { size = usual.crop, crop = usual.crop / usual.resize, interpolation } = preparation;
  const resize = Math.max(size, Math.floor(size / crop));
  const isUsual = size === usual.crop && resize === usual.resize;
  return {
    transform: { ...usual, resize, crop: size },
    notes: [
      ...(isUsual ? [] : [`photos resized to ${resize} px and cropped to ${size} px, as it says`]),
      ...(interpolation === undefined || interpolation === 'bilinear'
        ? []
        : [`photos resized by a bilinear filter, though it was made for a ${interpolation} one`]),
      ...normalisationNotes(preparation),
    ],
  };
}

/** Whether a network was normalised for otherwise than graft does: then it sees other colours than it learned from. */
export function normalisationNotes({ mean, deviation }: Preparation): readonly string[] {
  const differs = (given: readonly number[] | undefined, ours: readonly number[]) =>
    given?.some((value, i) => Math.abs(value - (ours[i] ?? NaN)) > 0.002) ?? false;
  if (!differs(mean, IMAGENET_MEAN) && !differs(deviation, IMAGENET_STD)) return [];
  const show = (values: readonly number[] = []) => values.map((value) => Number(value.toFixed(3))).join(', ');
  const made = [mean && `mean ${show(mean)}`, deviation && `deviation ${show(deviation)}`];
  return [
    `photos normalised by ImageNet's mean and deviation, though it was made for ${made.filter(Boolean).join(' and ')}: its answers may be worse`,
  ];
}

/** From the settings of timm or of Hugging Face's image processors. */
function preparationIn(settings: unknown): Preparation {
  if (!isObject(settings)) return {};
  const input = settings['input_size'];
  const size = [
    Array.isArray(input) ? (input as unknown[]).at(-1) : input,
    isObject(settings['size'])
      ? (settings['size']['shortest_edge'] ?? settings['size']['height'])
      : settings['size'],
  ].find(isSide);
  const crop = settings['crop_pct'];
  const filter = settings['interpolation'] ?? filters[Number(settings['resample'])];
  const mean = colours(settings['mean'] ?? settings['image_mean']);
  const deviation = colours(settings['std'] ?? settings['image_std']);
  return {
    ...(size !== undefined && { size }),
    ...(typeof crop === 'number' && crop >= 0.1 && crop <= 1 && { crop }),
    ...(typeof filter === 'string' && /^[a-z_-]{3,20}$/.test(filter) && { interpolation: filter }),
    ...(mean && { mean }),
    ...(deviation && { deviation }),
  };
}

/** Pillow's filters by number, as `resample` has them. */
const filters: Readonly<Record<number, string>> = {
  0: 'nearest',
  1: 'lanczos',
  2: 'bilinear',
  3: 'bicubic',
  4: 'box',
  5: 'hamming',
};

const isSide = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 32 && value <= 2048;

function colours(value: unknown): readonly number[] | undefined {
  const isColour = Array.isArray(value) && value.length === 3 && value.every((one) => Number.isFinite(one));
  return isColour ? (value as number[]) : undefined;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

async function readObject(files: FileSystem, path: string): Promise<unknown> {
  try {
    if ((await files.kind(path)) !== 'file') return undefined;
    const bytes = await files.read(path);
    return bytes.length > LONGEST_TEXT ? undefined : parsed(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
