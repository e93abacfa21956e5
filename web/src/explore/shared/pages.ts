/** The pages of Explore, in the order in which one may go through them: a folder each, here and in `web/explore`. */
export const explorePages = [
  { name: 'photo', title: 'What it sees' },
  { name: 'step', title: 'A training step' },
  { name: 'kernel', title: 'A kernel, opened' },
  { name: 'ladder', title: 'The kernel ladder' },
  { name: 'exercises', title: 'Kernels to mend' },
  { name: 'bench', title: 'Benchmarks' },
] as const;

export type ExplorePage = (typeof explorePages)[number]['name'];
