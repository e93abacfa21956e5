/**
 * The pages of Explore, in the order in which one may go through them: a folder each, here and in `web/explore`. `chapter` is the one of
 * the book that explains what a page shows.
 */
export const explorePages = [
  { name: 'photo', title: 'What it sees', chapter: ['06-one-loop-three-sums', 'One loop, three sums'] },
  { name: 'step', title: 'A training step', chapter: ['09-the-tape-and-freezing', 'The tape and freezing'] },
  {
    name: 'kernel',
    title: 'A kernel, opened',
    chapter: ['03-one-function-many-threads', 'One function, many threads'],
  },
  { name: 'ladder', title: 'The ladder, raced', chapter: ['12-the-ladder', 'The ladder'] },
  {
    name: 'exercises',
    title: 'Kernels to mend',
    chapter: ['03-one-function-many-threads', 'One function, many threads'],
  },
  { name: 'bench', title: 'Benchmarks', chapter: ['12-the-ladder', 'The ladder'] },
] as const;

export type ExplorePage = (typeof explorePages)[number]['name'];
