/** A program for the PATH that answers as a `python3` on a machine with CUDA would, without computing anything. */
export const stubPython = (): string => `#!${process.execPath}
const send = (message) => process.stdout.write(JSON.stringify(message) + '\\n');
if (process.argv.includes('-c')) process.exit(0);
const ways = ['eager', 'eager TF32', 'compile', 'compile TF32'];
send({ version: '9.9.0', kind: 'cuda', device: 'Stub 9000', runtime: 'CUDA 99.1', threads: 4, ways });
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { do: what, task, way } = JSON.parse(line);
  if (what === 'sample') send({ ms: 2 });
  else if (task === 'train' && way === 'compile TF32') send({ error: 'CUDA out of memory', memory: true });
  else send({ first: 50 });
});
`;
