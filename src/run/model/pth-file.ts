// PyTorch's files, loaded when one is read.
export { readPthWithNotes } from '../../weights/pth.ts';
