import { afterEach, expect, it, vi } from 'vitest';
import { printComparison } from './display.ts';

afterEach(() => void vi.restoreAllMocks());

it('shows the results of two starts side by side, and what to type next', () => {
  const lines: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((line = '') => void lines.push(String(line)));
  const valid = (accuracy: number) => ({ accuracy, loss: 0.5, count: 234 });
  printComparison(
    [
      { weights: 'resnet18', isShipped: false, valid: valid(0.9) },
      { weights: null, isShipped: false, valid: valid(0.7) },
    ],
    'npm run train --',
  );
  const text = lines.join('\n');
  expect(text).toMatch(/234 drawings/);
  expect(text).toMatch(/ImageNet weights \(resnet18\)\s+90\.0 %\s+0\.50\n\s+random weights\s+70\.0 %/);
  expect(text).toContain('npm run train -- --data photos');
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
});
