import { describe, expect, it } from 'vitest';
import { lookUp, namesOf, nearest, UnknownNameError } from './names.ts';

const fruit = { apple: 1, pear: 2, 'blood-orange': 0 };

describe('a registry', () => {
  it('gives what a name stands for, and its names in order', () => {
    expect(lookUp(fruit, 'blood-orange', 'fruit')).toBe(0);
    expect(namesOf(fruit)).toEqual(['apple', 'pear', 'blood-orange']);
  });

  it('has nothing by other names, those of every object included', () => {
    const error = new UnknownNameError('fruit', 'aple', namesOf(fruit));
    expect(() => lookUp(fruit, 'aple', 'fruit')).toThrow(error);
    expect(error).toMatchObject({ kind: 'fruit', given: 'aple', known: ['apple', 'pear', 'blood-orange'] });
    expect(error.message).toBe(
      'There is no fruit "aple". Did you mean "apple"? There are: apple, pear, blood-orange.',
    );
    expect(() => lookUp(fruit, 'constructor', 'fruit')).toThrow(
      'There is no fruit "constructor". There are: apple, pear, blood-orange.',
    );
  });
});

describe('the nearest name', () => {
  it.each([
    ['aple', 'apple'],
    ['Blood_Orange', 'blood-orange'],
    ['zzzz', undefined],
    ['', undefined],
  ])('to "%s" is %s', (given, near) => expect(nearest(given, namesOf(fruit))).toBe(near));
});
