/**
 * Which format a file has is told by its first bytes and never by its name: the files that fail are mostly not weights
 * at all, but an error page that was saved as model.pth, a git-lfs pointer, or a download that stopped.
 */
import { isTar, isZip } from './archives.ts';
import { showBytes } from './utf8.ts';
import { GET_AGAIN, WeightsError } from './errors.ts';

const HEAD = 512;
const GIVE_WEIGHTS = 'Give a .safetensors file, or a .pth file that torch.save wrote';

/** The format to read `bytes` as. Throws WeightsError, with what the file seems to be, where it is no weights file. */
export function detectFormat(bytes: Uint8Array, source: string): 'safetensors' | 'pth' {
  if (bytes.length === 0) throw new WeightsError(source, 'the file is empty (0 bytes)', GET_AGAIN);
  // Safetensors first: its header's length comes first, at most 10^8 in 64 bits, so the eighth byte is zero; then the
  // header's brace. No other format has both, but one length in 32 begins as a pickle does.
  if (bytes[7] === 0 && bytes[8] === BRACE) return 'safetensors';
  const head = bytes.subarray(0, HEAD);
  const latin1 = String.fromCharCode(...head);
  for (const { begins, is, remedy } of strangers) {
    if (begins.test(latin1)) throw new WeightsError(source, `it is ${is}`, remedy);
  }
  if (isZip(bytes) || bytes[0] === PICKLE || isTar(bytes)) return 'pth';
  if (bytes[7] === 0 && bytes.length === 8) return 'safetensors'; // cut short behind the length
  const kind = TEXT.test(latin1) ? 'a text file' : 'neither safetensors nor a PyTorch file';
  throw new WeightsError(source, `it is ${kind} and begins with ${showBytes(head)}`, GIVE_WEIGHTS);
}

const PICKLE = 0x80;
const BRACE = 0x7b;
const TEXT = /^[^\x00-\x08\x0e-\x1f\x7f]*$/;

const UNPACK = 'Unpack it and give the file inside';
const CONVERT =
  "Save the network from PyTorch, with torchvision's names: torch.save(model.state_dict(), 'weights.pth')";

/** Files that are given for weights by mistake. `begins` sees the first 512 bytes, one character each. */
const strangers: readonly { begins: RegExp; is: string; remedy: string }[] = [
  {
    begins: /^version https:\/\/git-lfs/,
    is: 'a git-lfs pointer, not the file itself',
    remedy: 'Run "git lfs pull" in its repository, or download the file itself',
  },
  {
    begins: /^(\xef\xbb\xbf)?\s*<(!doctype|html|head|\?xml|!--)/i,
    is: 'a web page',
    remedy:
      'The download returned a login or error page: open its address in a browser and save the file itself',
  },
  { begins: /^\x1f\x8b/, is: 'gzip-compressed', remedy: UNPACK },
  { begins: /^BZh/, is: 'bzip2-compressed', remedy: UNPACK },
  { begins: /^\xfd7zXZ/, is: 'xz-compressed', remedy: UNPACK },
  { begins: /^\x28\xb5\x2f\xfd/, is: 'zstd-compressed', remedy: UNPACK },
  { begins: /^PK\x05\x06/, is: 'an empty zip archive', remedy: GIVE_WEIGHTS },
  { begins: /^\x89HDF/, is: 'an HDF5 file, as Keras writes them', remedy: CONVERT },
  { begins: /^\x93NUMPY/, is: 'a NumPy array', remedy: CONVERT },
  { begins: /^GGUF/, is: 'a GGUF file', remedy: CONVERT },
];
