/** A picture within the page. */
import type { Picture } from './data.ts';
import { dataUri } from './format.ts';
import { html, type Markup } from './markup.ts';

export const imageOf = (picture: Picture, alt: string): Markup =>
  html`<img src="${dataUri(picture)}" width="${picture.width}" height="${picture.height}" alt="${alt}" />`;
