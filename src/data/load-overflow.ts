// Loaded when photos exceed the memory that they may take: most runs need none of it.
import type { Overflow, OverflowOptions } from './overflow.ts';

/** What keeps the photos that exceed the memory they may take. */
export async function openOverflow(options: OverflowOptions): Promise<Overflow> {
  const { Overflow } = await import('./overflow.ts');
  return new Overflow(options);
}
