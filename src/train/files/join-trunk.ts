// A checkpoint that leaves out its trunk, made whole with the file that has it: the other half of trunk.ts, for whoever reads one.
import { quote, WeightsError } from '../../weights/errors.ts';
import type { SafetensorsFile, StateDict } from '../../weights/index.ts';
import { TRUNK, trunkOf, type Checksum, type Trunk } from './trunk.ts';

/** The trunk that a file leaves out; undefined for a file that is whole. Throws `WeightsError` where what it says of it is damaged. */
export function decodeTrunk(metadata: Readonly<Record<string, string>>, source: string): Trunk | undefined {
  const text = metadata[TRUNK];
  if (text === undefined) return undefined;
  const value = parse(text);
  if (isTrunk(value)) return value;
  throw new WeightsError(source, `its metadata "${TRUNK}" is damaged`, 'Put the file back from a copy');
}

/**
 * The file made whole with its trunk, which is in `other`. Throws `WeightsError` where `other` has not the trunk that was left out, or
 * the file has not left it out.
 */
export function withTrunk(
  file: SafetensorsFile,
  trunk: Trunk,
  source: string,
  other: { readonly tensors: StateDict; readonly source: string },
  checksum: Checksum,
): SafetensorsFile {
  const fail = (where: string, problem: string) =>
    new WeightsError(
      where,
      problem,
      `Put ${trunk.file} back as it was beside ${source}, from a copy of the run; without it neither file is of use, and the run has to be begun anew`,
    );
  const twice = trunk.names.find((name) => file.tensors.has(name));
  if (twice !== undefined)
    throw new WeightsError(
      source,
      `it has ${quote(twice)}, which it says it leaves out`,
      'Put the file back from a copy',
    );
  const missing = trunk.names.find((name) => !other.tensors.has(name));
  if (missing !== undefined)
    throw fail(other.source, `it has no ${quote(missing)}, which ${source} leaves out`);
  if (trunkOf(other.tensors, trunk.names, trunk.file, checksum).sha256 !== trunk.sha256)
    throw fail(
      other.source,
      `the frozen layers in it are not those that ${source} was written with: it is damaged, or from another run`,
    );
  // In the order of a whole file: that of `other`, then what else there is, such as the optimizer's moments.
  const leftOut = new Set(trunk.names);
  const tensors = new Map(
    [...other.tensors].flatMap(([name, tensor]) => {
      const found = leftOut.has(name) ? tensor : file.tensors.get(name);
      return found ? [[name, found] as const] : [];
    }),
  );
  for (const [name, tensor] of file.tensors) tensors.set(name, tensor);
  const metadata = Object.fromEntries(Object.entries(file.metadata).filter(([key]) => key !== TRUNK));
  return { ...file, tensors, metadata };
}

/** Why a file that leaves out its trunk is of no use by itself. */
export const withoutItsTrunk = (source: string, { file }: Trunk): WeightsError =>
  new WeightsError(
    source,
    `it leaves out the frozen layers, which are in ${file} of the same run`,
    `Use ${file}, or put it back beside ${source} if it is missing there`,
  );

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isTrunk(value: unknown): value is Trunk {
  if (typeof value !== 'object' || value === null) return false;
  const { file, names, sha256 } = value as Readonly<Record<string, unknown>>;
  return (
    typeof file === 'string' &&
    /^\w[\w.-]*$/.test(file) && // a name, never a path: it may come from anyone
    Array.isArray(names) &&
    names.every((name) => typeof name === 'string') &&
    new Set(names).size === names.length &&
    typeof sha256 === 'string' &&
    /^[0-9a-f]{64}$/.test(sha256)
  );
}
