/** Pictures that the engine drew, as addresses for image elements. */
import { useEffect, useState } from 'preact/hooks';

/** The address of a PNG, given back when another one is shown or none. */
export function usePicture(png: Uint8Array | undefined): string | undefined {
  const [url, show] = useState<string>();
  useEffect(() => {
    const made = png && pictureUrl(png);
    show(made);
    return () => {
      if (made !== undefined) URL.revokeObjectURL(made);
    };
  }, [png]);
  return url;
}

/** The address of a PNG; whoever makes it gives it back. */
export const pictureUrl = (png: Uint8Array): string =>
  URL.createObjectURL(new Blob([new Uint8Array(png)], { type: 'image/png' }));
