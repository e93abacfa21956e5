/** Small pictures of photos, asked for many at a time while they are shown, and let go of when they are not any more. */
import { useEffect, useState } from 'preact/hooks';
import { engine } from '../state/engine.ts';

/** So many are asked for in one call: about a screen. */
const AT_ONCE = 64;
/** Photos that come into sight within so many milliseconds are asked for together. */
const GATHER_MS = 20;

type Take = (picture: Blob | undefined) => void;

/** Who waits for which photo. */
const waiting = new Map<string, Set<Take>>();
let timer: ReturnType<typeof setTimeout> | undefined;
let isAsking = false;

function want(id: string, take: Take): () => void {
  const takers = waiting.get(id) ?? new Set();
  waiting.set(id, takers.add(take));
  timer ??= setTimeout(() => void ask(), GATHER_MS);
  return () => {
    takers.delete(take);
    if (takers.size === 0 && waiting.get(id) === takers) waiting.delete(id); // it went out of sight before it was asked for
  };
}

async function ask(): Promise<void> {
  timer = undefined;
  if (isAsking) return; // who asks goes on until nobody waits
  isAsking = true;
  try {
    while (waiting.size > 0) {
      const some = [...waiting].slice(0, AT_ONCE);
      for (const [id] of some) waiting.delete(id);
      const pictures = await engine.thumbnails(some.map(([id]) => id)).catch(() => []);
      some.forEach(([, takers], i) => takers.forEach((take) => take(pictures[i])));
    }
  } finally {
    isAsking = false;
  }
}

/** A photo's small picture; its address is given back when it is not shown any more. */
export function Thumb({ id }: { readonly id: string }) {
  const [url, show] = useState<string>();
  useEffect(() => {
    let made: string | undefined;
    const leave = want(id, (picture) => {
      if (picture) show((made = URL.createObjectURL(picture)));
    });
    return () => {
      leave();
      if (made !== undefined) URL.revokeObjectURL(made);
      show(undefined);
    };
  }, [id]);
  return url === undefined ? (
    <span class="thumb" />
  ) : (
    <img class="thumb" src={url} alt="" draggable={false} />
  );
}
