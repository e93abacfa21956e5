// What reads photos on this machine, for whoever asks why a photo is not read, or slowly.
import { heicDecodeIsInstalled } from './heic.ts';
import { decodersHere } from './decoders.ts';
import { openSharp, type OpenedSharp } from './sharp.ts';
import { FORMATS } from './sharp-decoder.ts';

export interface PhotosReport {
  /** What photos are read by, with its version if it has one of its own. */
  readonly decoder: string;
  readonly formats: readonly string[];
  /** Why it is not the faster one; undefined where it is. */
  readonly reason?: string;
}

/** Throws `DataError` if `GRAFT_DECODER` asks for what is not there. */
export async function reportPhotos(
  want = process.env['GRAFT_DECODER'],
  opened: OpenedSharp = openSharp(),
): Promise<PhotosReport> {
  const [first] = decodersHere(want, opened);
  if (first === 'sharp' && opened.sharp) {
    const { sharp: version = '', vips = '' } = opened.sharp.versions as Partial<Record<string, string>>;
    const hasHeic = await heicDecodeIsInstalled();
    return {
      decoder: `sharp ${version} (libvips ${vips})`,
      formats: FORMATS.filter((format) => hasHeic || format !== 'HEIC'),
    };
  }
  const reason = opened.sharp
    ? 'GRAFT_DECODER=graft asks for them'
    : `sharp would read more and faster: ${opened.reason}`;
  return { decoder: "graft's own decoders", formats: ['JPEG', 'PNG'], reason };
}
