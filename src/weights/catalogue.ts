/**
 * Pretrained networks by name: where their authors publish them and what the true file looks like. graft ships
 * none of them; whoever downloads one accepts its terms. The names are torchvision's, and so are the files'
 * names, which end in the beginning of their SHA-256. A network's first weights (IMAGENET1K_V1) have its name; later ones
 * have a suffix, such as `resnet50.v2`.
 */
export interface CatalogueEntry {
  /** What to give as `--weights`. */
  readonly name: string;
  /** The official address; its last part is the file's name. */
  readonly url: string;
  /** The first digits of the file's SHA-256, as torch.hub checks them. */
  readonly sha256Prefix: string;
  readonly bytes: number;
  /** That `bytes` is only what the authors round it to, to a kB: nobody here has seen the file. Its SHA-256 is checked all the same. */
  readonly rounded?: true;
  readonly licence: string;
  /** One line on what it is. */
  readonly note: string;
}

const TORCHVISION_LICENCE =
  'BSD-3-Clause (torchvision); trained on ImageNet, whose photos are for non-commercial research';

/** All networks that can be given by name. Accuracies are torchvision's, at 224 px. */
export const catalogue: readonly CatalogueEntry[] = [
  {
    name: 'resnet18',
    url: 'https://download.pytorch.org/models/resnet18-f37072fd.pth',
    sha256Prefix: 'f37072fd',
    bytes: 46_830_571,
    licence: TORCHVISION_LICENCE,
    note: 'ResNet-18, IMAGENET1K_V1: 11.7 M parameters, 69.8 % top-1',
  },
  {
    name: 'resnet34',
    url: 'https://download.pytorch.org/models/resnet34-b627a593.pth',
    sha256Prefix: 'b627a593',
    bytes: 87_319_819,
    licence: TORCHVISION_LICENCE,
    note: 'ResNet-34, IMAGENET1K_V1: 21.8 M parameters, 73.3 % top-1',
  },
  {
    name: 'resnet50',
    url: 'https://download.pytorch.org/models/resnet50-0676ba61.pth',
    sha256Prefix: '0676ba61',
    bytes: 102_530_333,
    licence: TORCHVISION_LICENCE,
    note: 'ResNet-50, IMAGENET1K_V1: 25.6 M parameters, 76.1 % top-1',
  },
  {
    name: 'resnet50.v2',
    url: 'https://download.pytorch.org/models/resnet50-11ad3fa6.pth',
    sha256Prefix: '11ad3fa6',
    bytes: 102_540_417,
    licence: TORCHVISION_LICENCE,
    note: 'ResNet-50, IMAGENET1K_V2: the same network trained by a longer recipe, 80.9 % top-1',
  },
  {
    name: 'resnet101',
    url: 'https://download.pytorch.org/models/resnet101-63fe2227.pth',
    sha256Prefix: '63fe2227',
    bytes: 178_794_000,
    rounded: true,
    licence: TORCHVISION_LICENCE,
    note: 'ResNet-101, IMAGENET1K_V1: 44.5 M parameters, 77.4 % top-1',
  },
  {
    name: 'resnet152',
    url: 'https://download.pytorch.org/models/resnet152-394f9c45.pth',
    sha256Prefix: '394f9c45',
    bytes: 241_627_600,
    rounded: true,
    licence: TORCHVISION_LICENCE,
    note: 'ResNet-152, IMAGENET1K_V1: 60.2 M parameters, 78.3 % top-1',
  },
  {
    name: 'wide_resnet50_2',
    url: 'https://download.pytorch.org/models/wide_resnet50_2-95faca4d.pth',
    sha256Prefix: '95faca4d',
    bytes: 138_223_492,
    licence: TORCHVISION_LICENCE,
    note: 'Wide ResNet-50-2, IMAGENET1K_V1: 68.9 M parameters in f16, 78.5 % top-1',
  },
  {
    name: 'wide_resnet101_2',
    url: 'https://download.pytorch.org/models/wide_resnet101_2-32ee1156.pth',
    sha256Prefix: '32ee1156',
    bytes: 254_695_146,
    licence: TORCHVISION_LICENCE,
    note: 'Wide ResNet-101-2, IMAGENET1K_V1: 126.9 M parameters in f16, 78.8 % top-1',
  },
  {
    name: 'mobilenet_v3_small',
    url: 'https://download.pytorch.org/models/mobilenet_v3_small-047dcff4.pth',
    sha256Prefix: '047dcff4',
    bytes: 10_306_000,
    rounded: true,
    licence: TORCHVISION_LICENCE,
    note: 'MobileNetV3-Small, IMAGENET1K_V1: 2.5 M parameters, 67.7 % top-1',
  },
  {
    name: 'mobilenet_v3_large',
    url: 'https://download.pytorch.org/models/mobilenet_v3_large-8738ca79.pth',
    sha256Prefix: '8738ca79',
    bytes: 22_140_000,
    rounded: true,
    licence: TORCHVISION_LICENCE,
    note: 'MobileNetV3-Large, IMAGENET1K_V1: 5.5 M parameters, 74.0 % top-1',
  },
  {
    name: 'mobilenet_v3_large.v2',
    url: 'https://download.pytorch.org/models/mobilenet_v3_large-5c1a4163.pth',
    sha256Prefix: '5c1a4163',
    bytes: 22_132_000,
    rounded: true,
    licence: TORCHVISION_LICENCE,
    note: 'MobileNetV3-Large, IMAGENET1K_V2: the same network trained by a longer recipe, 75.3 % top-1',
  },
];

/** The entry of that name, or undefined. */
export const findInCatalogue = (name: string): CatalogueEntry | undefined =>
  catalogue.find((entry) => entry.name === name);

/** The name of the file as its authors, torch.hub and graft's cache have it. */
export function fileNameOf({ url }: CatalogueEntry): string {
  return url.slice(url.lastIndexOf('/') + 1);
}

/** The name of the network in the file: later weights of `resnet50` are called `resnet50.v2`. */
export const architectureOf = ({ name }: CatalogueEntry): string => name.replace(/\..*$/, '');
