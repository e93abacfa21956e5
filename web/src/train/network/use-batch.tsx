/** A click that takes batches that fit. */
import { setTyped } from '../state/settings.ts';

export function UseBatch({ fits }: { readonly fits: number }) {
  return (
    <button type="button" onClick={() => setTyped('batchSize', String(fits))}>
      Take batches of {fits}
    </button>
  );
}
