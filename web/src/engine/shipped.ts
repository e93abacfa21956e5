/** The network that comes with the site. */
import type { RunHost } from '../../../src/run/host.ts';
import { WeightsError } from '../../../src/weights/errors.ts';
import type { KnownNetwork } from './weights.ts';

export const SHIPPED = 'resnet18-emoji';
const shippedUrl = new URL('../../../weights/resnet18-emoji.safetensors', import.meta.url);

/** As a page lists it. */
export const shippedNetwork: KnownNetwork = {
  name: SHIPPED,
  architecture: 'resnet18',
  learnedSize: 64,
  note: 'ResNet-18 that comes with this site, pretrained on drawings of emoji',
  bytes: 0,
  place: 'site',
};

export const findShipped: RunHost['weights']['find'] = async (name, { signal, onProgress }) => {
  if (name !== SHIPPED) throw new WeightsError(name, 'the site does not have it', `Start from ${SHIPPED}`);
  const response = await fetch(shippedUrl, { signal });
  if (!response.ok || !response.body)
    throw new WeightsError(name, `the site answered ${response.status}`, 'Reload the page');
  const total = Number(response.headers.get('content-length') ?? 0);
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  const reader = response.body.getReader();
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    pieces.push(piece.value);
    bytes += piece.value.length;
    if (total > 0) onProgress(bytes, total);
  }
  return { bytes: new Uint8Array(await new Blob(pieces as BlobPart[]).arrayBuffer()), source: name };
};
