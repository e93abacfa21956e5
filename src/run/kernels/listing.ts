/** A kernel as a text to read: its WGSL, below what the WGSL does not say itself. */
import type { ExpandedKernel, Expansion } from './index.ts';

/** All kernels of an operation on the kind of adapter that `adapter` names, in the order in which they run. */
export function listing(
  { name, about, case: of, algorithm, algorithms, kernels }: Expansion,
  adapter: string,
): string {
  const head = [
    `// ${name}: ${about}`,
    `// ${of} on ${adapter}${algorithm === undefined ? '' : `, by "${algorithm}"`}`,
    ...(algorithms.length > 1 ? [`// with one of ${algorithms.length} algorithms`] : []),
    ...(kernels.length > 1 ? [`// ${kernels.length} kernels, in the order in which they run`] : []),
  ];
  const texts = kernels.map((kernel) =>
    ['', ...remarks(kernel).map((line) => `// ${line}`), '', kernel.wgsl.trimEnd()].join('\n'),
  );
  return [...head, ...texts].join('\n');
}

/** What the text of a kernel does not say itself. */
function remarks({ source, workgroupSize, grid, bindings, params }: ExpandedKernel): string[] {
  const bound = bindings.map(
    ({ name, access, element, bytes }) =>
      `${access === 'read' ? 'reads ' : 'writes'}  ${name}: ${element}, ${bytes} bytes`,
  );
  const values = params.map(({ name, value }) => `${name} = ${value}`).join(', ');
  return [
    `from    ${source ?? 'src/kernels'}`,
    `threads ${sides(workgroupSize)} per workgroup, ${sides(grid)} workgroups`,
    ...bound,
    ...(values ? [`params  ${values}`] : []),
  ];
}

const sides = (of: readonly number[]): string =>
  of.slice(0, of[2] === 1 ? (of[1] === 1 ? 1 : 2) : 3).join(' × ');
