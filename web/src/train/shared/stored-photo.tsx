/** A photo of the project, whose address is given back when it is not shown any more. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { usePicture } from './picture.ts';
import { engine } from '../state/engine.ts';

interface StoredPhotoProps {
  /** As the engine takes it. */
  readonly path: string;
  readonly alt: string;
  /** A PNG to be shown in place of the photo. */
  readonly drawn?: Uint8Array | undefined;
}

/** What has been removed since is said in its place. */
export function StoredPhoto({ path, alt, drawn }: StoredPhotoProps) {
  const picture = usePicture(drawn);
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
  const shown = picture ?? url.value;
  return shown === '' ? <span class="photo" /> : <img class="photo" src={shown} alt={alt} />;
}
