// The thousand names, loaded where a network comes without its own.
export { imagenetClasses } from '../../data/imagenet-classes.ts';
