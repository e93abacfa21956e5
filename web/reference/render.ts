// The reference of all that the package exports, as TypeDoc makes it from the doc comments: pages below `reference/` of the site. What TypeDoc
// writes into a page as a script becomes a file, so that the policy of these pages lets in nothing but files of the site.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Application } from 'typedoc';
import { contentPolicy } from '../policy.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const ENTRIES = ['graft', 'node', 'web', 'kernels'];

/** The reference's files by their path on the site. Rejects, once all is printed, where something has no doc comment or a link leads nowhere. */
export async function referenceFiles(): Promise<Map<string, string | Uint8Array>> {
  const out = await mkdtemp(join(tmpdir(), 'graft-reference-'));
  try {
    await render(out);
    const entries = await readdir(out, { recursive: true, withFileTypes: true });
    const files = new Map<string, string | Uint8Array>();
    for (const { parentPath, name } of entries.filter((entry) => entry.isFile())) {
      const path = relative(out, join(parentPath, name)).replaceAll(sep, '/');
      const content = await readFile(join(parentPath, name));
      files.set(
        `reference/${path}`,
        name.endsWith('.html') ? pageOf(path, content.toString(), files) : content,
      );
    }
    return files;
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}

async function render(out: string): Promise<void> {
  const app = await Application.bootstrap({
    name: 'graft',
    entryPoints: ENTRIES.map((entry) => join(root, `src/api/${entry}.ts`)),
    tsconfig: join(root, 'tsconfig.json'),
    basePath: root,
    readme: 'none',
    sort: ['source-order'],
    // The compiler has its own turn.
    skipErrorChecking: true,
    disableGit: true,
    disableSources: true,
    githubPages: false,
    hideGenerator: true,
    excludePrivate: true,
    navigationLinks: {
      'Train on your own photos': `${SITE}index.html`,
      'The book': `${SITE}learn/book/index.html`,
    },
    requiredToBeDocumented: ['Class', 'Function', 'Interface', 'TypeAlias', 'Variable', 'Method'],
    // What is named and not exported is listed by the reports in docs/api.
    validation: { notExported: false, notDocumented: true, invalidLink: true, rewrittenLink: true },
    logLevel: 'Warn',
  });
  const project = await app.convert();
  if (!project) throw new Error('TypeDoc understands nothing of src/api.');
  app.validate(project);
  await app.generateDocs(project, out);
  const problems = app.logger.errorCount + app.logger.warningCount;
  if (problems > 0) throw new Error(`The reference has ${problems} faults, printed above.`);
}

/** Stands in a page for the way to the site's first page, which depends on its folder. */
const SITE = 'site:';
/** What TypeDoc has in every page: a script that shows it when all is loaded, in the colours that were chosen. */
const INLINE = /<script>(document\.documentElement\.dataset\.theme.*?)<\/script>/s;
const SCRIPT = 'assets/theme.js';

/** A page with the policy of the site, links to the site, and its script as a file, which is put into `files`. */
function pageOf(path: string, html: string, files: Map<string, string | Uint8Array>): string {
  const up = '../'.repeat(path.split('/').length - 1);
  files.set(`reference/${SCRIPT}`, INLINE.exec(html)?.[1] ?? '');
  // Its script writes styles into the page, for what its filters hide.
  const policy = `<meta http-equiv="Content-Security-Policy" content="${contentPolicy([], { writesStyles: true })}"/>`;
  const page = html
    .replace('<meta charset="utf-8"/>', `$&${policy}<link rel="icon" href="data:,"/>`)
    .replace(INLINE, `<script src="${up}${SCRIPT}"></script>`)
    .replaceAll(SITE, `${up}../`);
  if (/<script(?![^>]*src=)/.test(page)) throw new Error(`reference/${path} has a script that is no file.`);
  return page;
}
