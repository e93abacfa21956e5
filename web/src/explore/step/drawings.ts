/** The drawings that come with the site, as the batch that a step learns from: animals are class 0, food is class 1. */
import { unzipSync } from 'fflate';
import type { DecodedImage } from '../../../../src/data/image.ts';
import { WHITE } from '../../../../src/data/image.ts';
import { applyTransform, transformedSize } from '../../../../src/data/resize.ts';
import { imageSet, type ImageSet } from '../../../../src/data/dataset.ts';
import { browserDecoder } from '../../../../src/platform/web/browser-decoder.ts';
import { transformsFor, type AugmentName } from '../../../../src/train/inputs/augment.ts';

const CLASSES = ['animal', 'food'] as const;
const decode = browserDecoder({
  loadOwn: async () => (await import('../../../../src/platform/web/own-decoder.ts')).decodeImage,
});

/** The first `count` training drawings, class by class in turn; the same again where there are fewer. */
export async function drawnBatch(
  url: URL,
  count: number,
  size: number,
  augment: AugmentName,
): Promise<ImageSet> {
  const response = await fetch(url);
  if (!response.ok)
    throw new Error(`The site's drawings cannot be read (${response.status}): reload the page.`);
  const files = unzipSync(new Uint8Array(await response.arrayBuffer()));
  const of = CLASSES.map((name) =>
    Object.keys(files)
      .filter((path) => path.startsWith(`train/${name}/`))
      .sort(),
  );
  const { train } = transformsFor(size, augment);
  const transform = { ...train, background: WHITE };
  const { width, height } = transformedSize(transform);
  const data = new Uint8Array(count * width * height * 3);
  const labels = Int32Array.from({ length: count }, (_, i) => i % CLASSES.length);
  const known = new Map<string, DecodedImage>();
  const paths: string[] = [];
  for (const [i, label] of labels.entries()) {
    const own = of[label] ?? [];
    const path = own[Math.floor(i / CLASSES.length) % own.length] ?? '';
    const bytes = files[path];
    if (!bytes) throw new Error('The site’s drawings are not what they were: reload the page.');
    const image = known.get(path) ?? applyTransform(await decode(bytes, WHITE), transform);
    known.set(path, image);
    data.set(image.data, i * image.data.length);
    paths.push(path);
  }
  return imageSet({ data, width, height, labels, paths });
}
