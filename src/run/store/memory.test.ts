import { expect, it } from 'vitest';
import { contract } from './contract.ts';
import { MemoryStore } from './memory.ts';

it.each(Object.entries(contract))('memory %s', async (_, { tell, ending }) => {
  const store = new MemoryStore();
  expect(await tell({ store, remove: (run) => Promise.resolve(store.remove(run)) })).toEqual(ending);
});
