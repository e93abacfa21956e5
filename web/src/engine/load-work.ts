/**
 * What trains and uses networks: nine tenths of the engine, and nothing that a page needs to open. So it is a part of its own,
 * loaded as soon as the page is open: a click on Train need not wait then, and finds the version that the page is of.
 */
export const loadWork = () => import('./work.ts');
