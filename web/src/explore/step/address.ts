/** What is chosen, in the address behind the `#`: hostile until it was read, so only what the page could have chosen itself is taken. */
import { networks, networkNames } from '../../../../src/networks/index.ts';
import { batchSizes, sizes, type Choice } from './choice.ts';

export function hashOf({ network, batchSize, size, firstTrained, bn, withWinograd, fused }: Choice): string {
  const stage = networks[network].stages[firstTrained]?.name ?? '';
  const parts = { network, batch: String(batchSize), size: String(size), train: stage, bn };
  const without = [...(withWinograd ? [] : ['winograd']), ...(fused ? [] : ['fusion'])];
  return `#${new URLSearchParams({ ...parts, ...(without.length > 0 && { without: without.join() }) }).toString()}`;
}

/** The part of a choice that an address makes. */
export function choiceFrom(hash: string): Partial<Choice> {
  const parts = new URLSearchParams(hash.replace(/^#/, ''));
  const one = <T>(of: readonly T[], key: string): T | undefined =>
    of.find((value) => String(value) === parts.get(key));
  const network = one(networkNames, 'network');
  const [batchSize, size, bn] = [
    one(batchSizes, 'batch'),
    one(sizes, 'size'),
    one(['running', 'batch'] as const, 'bn'),
  ];
  const firstTrained = networks[network ?? 'resnet18'].stages.findIndex(
    ({ name }) => name === parts.get('train'),
  );
  const without = parts.get('without')?.split(',') ?? [];
  return {
    ...(network && { network }),
    ...(batchSize && { batchSize }),
    ...(size && { size }),
    ...(bn && { bn }),
    ...(firstTrained >= 0 && { firstTrained }),
    ...(without.includes('winograd') && { withWinograd: false }),
    ...(without.includes('fusion') && { fused: false }),
  };
}
