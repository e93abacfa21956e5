import type { SafetensorsFile } from '../../weights/safetensors.ts';

/**
 * The height and width in pixels of the photos that a network learned from, where its file says so, as all do that graft has trained; undefined
 * where it does not, or says what graft could not show.
 */
export function learnedSize({ metadata }: Pick<SafetensorsFile, 'metadata'>): number | undefined {
  const size = Number(metadata['image_size']);
  return Number.isInteger(size) && size >= 16 && size <= 1024 ? size : undefined;
}
