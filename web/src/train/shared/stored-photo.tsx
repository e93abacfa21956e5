/** A photo of the project, whose address is given back when it is not shown any more. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { engine } from '../state/engine.ts';

/** `path` as the engine takes it. What has been removed since is said in its place. */
export function StoredPhoto({ path, alt }: { readonly path: string; readonly alt: string }) {
  const url = useSignal<string | undefined>('');
  useEffect(() => {
    let isShown = true;
    let made = '';
    void engine.photo(path).then(
      (photo) => {
        if (isShown) url.value = made = URL.createObjectURL(photo);
      },
      () => (url.value = undefined),
    );
    return () => {
      isShown = false;
      URL.revokeObjectURL(made);
    };
  }, [path]);
  if (url.value === undefined) return <span class="photo gone">no longer here</span>;
  return url.value === '' ? <span class="photo" /> : <img class="photo" src={url.value} alt={alt} />;
}
