/**
 * Code in documentation: found, checked for types and run, so that it cannot grow old. `x; // → value` says in an example
 * what x is, and becomes a check.
 */
import ts from 'typescript';

/** The repository's root; code is checked as if it stood in a file there. */
export const ROOT = new URL('../../', import.meta.url);

/** The blocks of a Markdown text that are in a language, in order. */
export const fencedBlocks = (markdown: string, language: 'ts' | 'text'): string[] =>
  Array.from(markdown.matchAll(/^```(\w*)\n(.*?)^```$/gms))
    .filter(([, found]) => found === language)
    .map(([, , block = '']) => block);

/** The ```ts blocks of a source's doc comments, each with the line that it begins in. */
export function docExamples(source: string): { readonly line: number; readonly code: string }[] {
  return Array.from(source.matchAll(/^( *)\* ```ts\n(.*?)^\1\* ```$/gms), ({ index, 2: block = '' }) => ({
    line: source.slice(0, index).split('\n').length + 1,
    code: block.replaceAll(/^ *\* ?/gm, ''),
  }));
}

/** Turns each statement `x; // → value` into `check(x, value);`. */
export function withChecks(code: string): string {
  const source = ts.createSourceFile('example.ts', code, ts.ScriptTarget.ESNext, true);
  let [checked, end] = ['', 0];
  const visit = (node: ts.Node): void => {
    const value = ts.isExpressionStatement(node) && /^[ \t]*\/\/ → (.+)/.exec(code.slice(node.end))?.[1];
    if (value) {
      const { expression } = node as ts.ExpressionStatement; // as was just seen
      checked += `${code.slice(end, node.getStart())}check(${expression.getText()}, ${value});`;
      end = node.end;
    } else ts.forEachChild(node, visit);
  };
  visit(source);
  return checked + code.slice(end);
}

/** Reads `import … from 'graft/node';` at an example's beginning from `entries`, since a function can import nothing so. */
export const withoutImports = (code: string): string =>
  code.replaceAll(
    /^import (?:\* as (\w+)|(\{.*?\})) from '(graft[\w/]*)';$/gm,
    (_, all: string | undefined, some: string | undefined, entry: string) =>
      `const ${all ?? some} = entries['${entry}'];`,
  );

/** What the compiler has against `code` with this project's settings, as `LINE: message`. */
export const typeErrors = (code: string): string[] => typeErrorsOf({ documented: code }).documented ?? [];

/** The same of several programs at once, each by itself, which takes hardly longer than one. */
export function typeErrorsOf(programs: Readonly<Record<string, string>>): Record<string, string[]> {
  const texts = new Map(
    Object.entries(programs).map(([name, code]) => [new URL(`${name}.ts`, ROOT).pathname, code]),
  );
  const config = ts.readConfigFile(new URL('tsconfig.json', ROOT).pathname, (path) => ts.sys.readFile(path));
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, ROOT.pathname);
  const host = ts.createCompilerHost(options);
  const readers = { exists: host.fileExists, read: host.readFile, source: host.getSourceFile };
  host.fileExists = (path) => texts.has(path) || readers.exists.call(host, path);
  host.readFile = (path) => texts.get(path) ?? readers.read.call(host, path);
  host.getSourceFile = (path, language) => {
    const code = texts.get(path);
    return code === undefined
      ? readers.source.call(host, path, language)
      : ts.createSourceFile(path, code, language, true);
  };
  const program = ts.createProgram([...texts.keys()], options, host);
  const errors = Array.from(texts, ([path, code], i) => {
    const found = ts.getPreEmitDiagnostics(program, program.getSourceFile(path));
    const lines = found.map(({ start = 0, messageText }) => {
      const line = code.slice(0, start).split('\n').length;
      return `${line}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
    });
    return [Object.keys(programs)[i], lines] as const;
  });
  return Object.fromEntries(errors) as Record<string, string[]>;
}

/** The code without its types. */
export const transpile = (code: string): string =>
  ts.transpile(code, { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext });

/** A function of `names` that runs an example; rejects with what it throws. */
export function compile(names: readonly string[], code: string): (...values: unknown[]) => Promise<unknown> {
  const { constructor } = Object.getPrototypeOf(async () => undefined) as {
    // The class of async functions, which has no name of its own.
    constructor: new (...parts: readonly string[]) => (...values: unknown[]) => Promise<unknown>;
  };
  return new constructor(...names, transpile(code));
}
