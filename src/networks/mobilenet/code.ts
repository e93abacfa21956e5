/** All of the family that a page with another network does without; index.ts loads it late. */
export { MobileNetV3 } from './network.ts';
export { addMobileNet } from './onnx.ts';
