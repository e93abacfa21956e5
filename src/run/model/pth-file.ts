// PyTorch's files, loaded when one is read.
export { readPth } from '../../weights/pth.ts';
