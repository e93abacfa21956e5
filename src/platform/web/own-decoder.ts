// graft's own decoders as a piece that decode workers load by itself: with jpeg-js it is larger than all else of a worker, and where
// the browser's decoders are trusted few photos need it.
export { decodeImage } from '../../data/decode.ts';
