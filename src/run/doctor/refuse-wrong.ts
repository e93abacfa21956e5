/** Refuses an adapter that computes wrongly, before anything is trained on it. */
import { RunError } from '../errors.ts';
import type { OpenedGpu } from '../host.ts';
import { checkOperations, wrongText } from './operations/index.ts';

/** Throws `RunError`, `computes-wrong`, if an operation is wrong on this adapter; takes a second or two where it is a CPU. */
export async function refuseWrongAdapter({ gpu, name }: OpenedGpu): Promise<void> {
  const [wrong] = (await checkOperations(gpu)).wrong;
  if (!wrong) return;
  throw new RunError(
    `The adapter ${name} computes wrongly, so that training on it would come to nothing. ${wrongText(wrong)}.`,
    { kind: 'computes-wrong', adapter: name, wrong },
  );
}
