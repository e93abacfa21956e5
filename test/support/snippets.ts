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

/** What the compiler has against `code` with this project's settings, as `LINE: message`. */
export function typeErrors(code: string): string[] {
  const file = new URL('documented.ts', ROOT).pathname;
  const config = ts.readConfigFile(new URL('tsconfig.json', ROOT).pathname, (path) => ts.sys.readFile(path));
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, ROOT.pathname);
  const host = ts.createCompilerHost(options);
  const readers = { exists: host.fileExists, read: host.readFile, source: host.getSourceFile };
  host.fileExists = (path) => path === file || readers.exists.call(host, path);
  host.readFile = (path) => (path === file ? code : readers.read.call(host, path));
  host.getSourceFile = (path, language) =>
    path === file
      ? ts.createSourceFile(path, code, language, true)
      : readers.source.call(host, path, language);
  const program = ts.createProgram([file], options, host);
  const source = program.getSourceFile(file);
  return ts.getPreEmitDiagnostics(program, source).map(({ start = 0, messageText }) => {
    const line = code.slice(0, start).split('\n').length;
    return `${line}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
  });
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
