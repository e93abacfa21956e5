import { read, write } from '../../../gpu/index.ts';
import { matrix } from '../data.ts';
import { defineExercise } from '../exercise.ts';
import { inBounds, right } from '../steps.ts';

const [WIDTH, HEIGHT, PITCH, OFFSET] = [6, 4, 20, 43];

export const uniforms = defineExercise({
  name: 'uniforms',
  title: 'What the host has sent',
  about: 'broken',
  task: 'Cut a piece of 6 × 4 pixels out of a picture. A row of the picture begins pitch pixels after the one before, and the piece begins at pixel offset. The host writes four numbers, in this order: width, height, pitch, offset. Pixel i of the picture has the value i, so you see which one was read.',
  moral:
    'A uniform buffer is bytes without names: the struct in the shader and the writes of the host agree by their order alone. This engine makes both from one description, so that they cannot differ.',
  bindings: { picture: read(), piece: write() },
  params: { width: 'u32', height: 'u32', pitch: 'u32', offset: 'u32' },
  start: {
    workgroupSize: [8, 8],
    builtins: '@builtin(global_invocation_id) id: vec3u',
    body: `
      let column = id.x;
      let row = id.y;
      if (row >= params.height || column >= params.width) { return; }
      piece[row * params.width + column] = picture[params.offset + row * params.width + column];`,
  },
  solution: {
    body: `
      let column = id.x;
      let row = id.y;
      if (row >= params.height || column >= params.width) { return; }
      piece[row * params.width + column] = picture[params.offset + row * params.pitch + column];`,
  },
  spoil: (text) => text.replace('pitch: u32, offset: u32', 'offset: u32, pitch: u32'),
  cases: () => [
    {
      name: 'a piece of 6 × 4',
      inputs: { picture: Float32Array.from({ length: 200 }, (_, i) => i) },
      params: { width: WIDTH, height: HEIGHT, pitch: PITCH, offset: OFFSET },
      output: {
        name: 'piece',
        shape: [HEIGHT, WIDTH],
        expected: matrix(HEIGHT, WIDTH, (row, column) => OFFSET + row * PITCH + column),
      },
      grid: ([width, height]) => [Math.ceil(WIDTH / width), Math.ceil(HEIGHT / height)],
    },
  ],
  steps: [
    inBounds(['Check the row against the height and the column against the width.']),
    {
      holds: 'The first row of the piece is right',
      hints: [
        'The first pixel is number 43 of the picture, and the kernel reads number 20. Which field is 20?',
        'Compare the order of the fields in struct Params with the order in which the host writes.',
      ],
      check: ({ tried: [tried] }) => {
        const found = tried?.found[0];
        return found === OFFSET
          ? undefined
          : `piece[0, 0] is pixel ${found ?? '?'} of the picture and should be pixel ${OFFSET}.`;
      },
    },
    right([
      'The first row is right, the second is not: how far is it from one row of the picture to the next?',
      'Rows of the piece are width apart, rows of the picture pitch.',
    ]),
  ],
});
