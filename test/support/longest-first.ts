/**
 * Begins with the test files that take longest, so that no core waits in the end for the other one's last file. vitest goes by what
 * files took the time before, which a fresh checkout does not know.
 */
import { sep } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take half a minute or more, the longest first. */
const LONGEST = [
  'test/web/carry',
  'test/two-faces/two-faces',
  'test/two-faces/crossing',
  'test/two-faces/lost-device',
  'test/web/camera',
  'test/web/train-page',
  'test/export',
  'test/cli-runs',
  'test/scale-out',
  'test/cli-resume',
  'test/web/results',
  'test/web/network',
  'test/web/projects',
  'test/two-faces/decoders',
  'test/cli-predict',
  'test/two-faces/photo-memory',
  'src/kernels/conv2d/conv2d',
  'src/kernels/conv2d/epilogue',
];

export default class LongestFirst extends BaseSequencer {
  /** Those of the list, then all others in the order of their names; the files of one project that share a process side by side. */
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId, project }: TestSpecification): number => {
      const at = LONGEST.findIndex((name) => moduleId.replaceAll(sep, '/').endsWith(`/${name}.test.ts`));
      return (project.config.isolate ? 0 : 2 * LONGEST.length) + (at < 0 ? LONGEST.length : at);
    };
    return Promise.resolve(
      [...files].sort((a, b) => rank(a) - rank(b) || (a.moduleId < b.moduleId ? -1 : 1)),
    );
  }
}
