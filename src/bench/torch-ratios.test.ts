import { expect, it } from 'vitest';
import type { Row } from './benchmark.ts';
import { torchRatios } from './torch-ratios.ts';

const row = (operation: string, shape: string, wall: readonly number[], asked?: string): Row => ({
  ...{ operation, shape, variant: '', group: shape, wall, ...(asked !== undefined && { asked }) },
});

it('holds each of PyTorch’s samples against graft’s of the same round', () => {
  const rows = [
    row('network.forward', 'a', [1, 10, 100]),
    row('torch.forward', 'a', [3, 20, 100], 'eager'),
    row('torch.forward', 'a', [5, 50], 'compile'), // stopped a round earlier
    row('network.forward', 'b', [1]),
    row('torch.train-all', 'a', [1], 'eager'),
  ];
  expect(torchRatios(rows)).toMatchObject([
    {
      ...{ operation: 'network.forward', shape: 'a' },
      ways: [
        { way: 'eager', ratio: 2 },
        { way: 'compile', ratio: 5 },
      ],
    },
  ]);
});
