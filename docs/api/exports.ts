/** What programs may import from graft, and what its sources say of it: the reference's examples and the reports of this folder come from here. */
import ts from 'typescript';

/** The repository's root. */
const ROOT = new URL('../../', import.meta.url);

/** What programs import: `graft`, `graft/node`, … */
export const ENTRIES = ['graft', 'node', 'web', 'kernels'] as const;
export type Entry = (typeof ENTRIES)[number];

export interface Exported {
  readonly name: string;
  /** Whether there is more of it than a type: a function, a class, a constant. */
  readonly isValue: boolean;
  /** The doc comment, as Markdown; empty where there is none. */
  readonly comment: string;
  readonly symbol: ts.Symbol;
  /** The statements that declare it. */
  readonly statements: readonly ts.Statement[];
}

export interface Api {
  readonly program: ts.Program;
  readonly entries: Readonly<Record<Entry, readonly Exported[]>>;
}

/** The exports of all entries, each in the order of its file. */
export function readApi(): Api {
  const config = ts.readConfigFile(new URL('tsconfig.json', ROOT).pathname, (path) => ts.sys.readFile(path));
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, ROOT.pathname);
  const pathOf = (entry: Entry) => new URL(`src/api/${entry}.ts`, ROOT).pathname;
  const emit = { noEmit: false, declaration: true, emitDeclarationOnly: true, removeComments: true };
  const program = ts.createProgram(ENTRIES.map(pathOf), { ...options, ...emit });
  const checker = program.getTypeChecker();
  const exportsOf = (entry: Entry): readonly Exported[] => {
    const file = program.getSourceFile(pathOf(entry));
    const module = file && checker.getSymbolAtLocation(file);
    if (!module) throw new Error(`src/api/${entry}.ts exports nothing.`);
    return checker.getExportsOfModule(module).map((symbol) => exportedOf(symbol, checker));
  };
  const entries = Object.fromEntries(ENTRIES.map((entry) => [entry, exportsOf(entry)] as const));
  return { program, entries: entries as Api['entries'] };
}

function exportedOf(symbol: ts.Symbol, checker: ts.TypeChecker): Exported {
  const target = targetOf(symbol, checker);
  return {
    name: symbol.name,
    isValue: (target.flags & ts.SymbolFlags.Value) !== 0,
    comment: ts.displayPartsToString(target.getDocumentationComment(checker)),
    symbol: target,
    statements: (target.declarations ?? []).map(statementOf),
  };
}

/** What an import or an export stands for. */
export const targetOf = (symbol: ts.Symbol, checker: ts.TypeChecker): ts.Symbol =>
  symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;

/** The whole statement of a declaration: of a constant, with the `export const` before it. */
function statementOf(node: ts.Node): ts.Statement {
  return ts.isStatement(node) ? node : statementOf(node.parent);
}

/** Where the `line`th line behind a position of a file is: `src/nn/layers.ts:19`. */
export function placeOf(file: ts.SourceFile, position: number, line = 1): string {
  const before = file.getLineAndCharacterOfPosition(position).line;
  return `${file.fileName.slice(ROOT.pathname.length)}:${before + line}`;
}
