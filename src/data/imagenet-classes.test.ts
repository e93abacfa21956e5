import { describe, expect, it } from 'vitest';
import { imagenetClasses } from './imagenet-classes.ts';

describe('imagenetClasses', () => {
  it('has 1000 names in the order of ILSVRC 2012', () => {
    expect(imagenetClasses).toHaveLength(1000);
    expect(new Set(imagenetClasses).size).toBe(1000);
    const known = {
      0: 'tench',
      250: 'Siberian husky',
      360: 'otter',
      605: 'iPod',
      985: 'daisy',
      999: 'toilet tissue',
    };
    for (const [index, name] of Object.entries(known)) expect(imagenetClasses[Number(index)]).toBe(name);
  });
});
