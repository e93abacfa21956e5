/** The cases of ONNX's own operator tests, as Debian's libonnx-testdata brings them: a model each, inputs and outputs. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { readModel, readTensor, type OnnxModel, type OnnxTensor } from './model.ts';
import { operators } from './operators.ts';

const DATA = '/usr/lib/python3/dist-packages/onnx/backend/test/data';

/** The version that `notPassed` is about: others have other cases. */
const VERSION = '1.12.';

/** Why there are no cases, if there are none. */
export const WITHOUT_DATA = withoutData();

function withoutData(): string | undefined {
  const { stdout } = spawnSync('dpkg-query', ['-W', '-f=${Version}', 'libonnx-testdata'], {
    encoding: 'utf8',
  });
  if (!stdout) return 'no libonnx-testdata: apt-get install it';
  return stdout.startsWith(VERSION) ? undefined : `libonnx-testdata ${stdout} is not ${VERSION}x`;
}

export interface OnnxCase {
  readonly name: string;
  readonly model: OnnxModel;
  readonly directory: string;
}

/** The cases that consist of operators of the table alone. */
export function casesOfTable(): OnnxCase[] {
  if (WITHOUT_DATA !== undefined) return [];
  const kinds = ['node', 'pytorch-converted', 'pytorch-operator', 'simple'];
  const directories = kinds.flatMap((kind) => readdirSync(`${DATA}/${kind}`).map((name) => ({ kind, name })));
  return directories
    .map(({ kind, name }) => ({ name: name.replace(/^test_/, ''), directory: `${DATA}/${kind}/${name}` }))
    .map((found) => ({ ...found, model: readModel(readFileSync(`${found.directory}/model.onnx`)) }))
    .filter(({ model }) => model.nodes.length > 0 && model.nodes.every(({ op }) => op in operators));
}

/** What goes in and comes out, by name, for each of the sets of data that a case has. */
export function dataOf({ directory, model }: OnnxCase) {
  const sets = readdirSync(directory).filter((name) => name.startsWith('test_data_set_'));
  return sets.map((set) => {
    const tensors = (kind: 'input' | 'output', names: readonly string[]) =>
      names.flatMap((name, i): (readonly [string, OnnxTensor])[] => {
        const file = `${directory}/${set}/${kind}_${i}.pb`;
        return existsSync(file) ? [[name, readTensor(readFileSync(file))]] : [];
      });
    return { inputs: tensors('input', model.inputs), outputs: tensors('output', model.outputs) };
  });
}
