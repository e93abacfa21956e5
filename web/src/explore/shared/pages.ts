/** The pages of Explore, in the order in which one may go through them: a folder each, here and in `web/explore`. */
export const explorePages = [
  { name: 'step', title: 'A training step' },
  { name: 'kernel', title: 'A kernel, opened' },
  { name: 'exercises', title: 'Kernels to mend' },
] as const;

export type ExplorePage = (typeof explorePages)[number]['name'];
