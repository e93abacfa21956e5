// `npm run bench:web`: the site as a visitor has it, in headless Chromium on SwiftShader. How a training step there compares with the
// terminal's on the same adapter, how soon the page takes a drop, how long a thousand photos take and how much
// memory thousands need, how smoothly they are looked through and pages of Explore follow a pointer, and how accurate both faces become.
import { parseArgs } from 'node:util';
import { exitCleanly } from '../../src/platform/node/index.ts';
import { measureAccuracy } from './accuracy.ts';
import { measureGrid } from './grid.ts';
import { measureHover } from './hover.ts';
import { measurePage } from './page.ts';
import { measurePhotos } from './photos.ts';
import { measureSteps } from './terminal-and-tab.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    photos: { type: 'string', default: '1000' },
    data: { type: 'string' },
    size: { type: 'string', default: '64' },
    weights: { type: 'string', default: 'weights/resnet18-emoji.safetensors' },
  },
});
const rounds = Number(values.rounds);
const what = positionals.length > 0 ? positionals : ['steps', 'page', 'photos'];
if (what.includes('steps')) await measureSteps(rounds);
if (what.includes('page')) await measurePage(rounds);
if (what.includes('photos')) await measurePhotos(Number(values.photos));
if (what.includes('grid')) await measureGrid(Number(values.photos));
if (what.includes('hover')) await measureHover();
if (what.includes('accuracy') && values.data !== undefined)
  await measureAccuracy(values.data, Number(values.size), values.weights);
await exitCleanly(0);
