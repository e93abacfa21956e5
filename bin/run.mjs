// Runs another program of this package as `graft` itself is run: node bin/run.mjs FILE.ts [ARGUMENTS]
import { load } from './bundle.mjs';

const [file] = process.argv.splice(2, 1);
if (file === undefined) {
  console.error('Usage: node bin/run.mjs FILE.ts [ARGUMENTS], the file as seen from the package');
  process.exit(2);
}
await load(file);
