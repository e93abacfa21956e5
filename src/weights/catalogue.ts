/**
 * Pretrained networks by name: where their authors publish them and what the true file looks like. graft ships
 * none of them; whoever downloads one accepts its terms. The names are torchvision's, and so are the files'
 * names, which begin their SHA-256.
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
];

/** The entry of that name, or undefined. */
export const findInCatalogue = (name: string): CatalogueEntry | undefined =>
  catalogue.find((entry) => entry.name === name);

/** The name of the file as its authors, torch.hub and graft's cache have it. */
export function fileNameOf({ url }: CatalogueEntry): string {
  return url.slice(url.lastIndexOf('/') + 1);
}
