/**
 * What a program can rely on, as text to compare: the declarations of all that an entry exports, and of whatever these name without
 * exporting it, without comments. A changed line of a report is a change that users may notice.
 */
import ts from 'typescript';
import { ENTRIES, targetOf, type Api, type Entry } from './exports.ts';

const SOURCES = new URL('../../src/', import.meta.url).pathname;
const printer = ts.createPrinter({ removeComments: true });

/** The reports of all entries, as the files `ENTRY.api.md` hold them. */
export function reportsOf(api: Api): Readonly<Record<Entry, string>> {
  const declarations = new Declarations(api.program);
  const reports = Object.fromEntries(ENTRIES.map((entry) => [entry, reportOf(entry, api, declarations)]));
  return reports as Record<Entry, string>;
}

function reportOf(entry: Entry, { entries }: Api, declarations: Declarations): string {
  const exported = new Map(entries[entry].map(({ name, symbol }) => [symbol, name]));
  const all = new Set(exported.keys());
  for (const symbol of all) for (const named of declarations.namedBy(symbol)) all.add(named); // which grows meanwhile
  const inner = [...all].filter((symbol) => !exported.has(symbol));
  const section = (symbols: readonly (readonly [string, ts.Symbol])[]) =>
    symbols
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([, symbol]) => declarations.textOf(symbol))
      .join('\n\n');
  return [
    `# What ${entry === 'graft' ? 'graft' : `graft/${entry}`} exports`,
    'Written by `npm run api`.',
    `\`\`\`ts\n${section([...exported].map(([symbol, name]) => [name, symbol]))}\n\`\`\``,
    '## What these name, and programs cannot import',
    `\`\`\`ts\n${section(inner.map((symbol) => [symbol.name, symbol]))}\n\`\`\`\n`,
  ].join('\n\n');
}

/** What the compiler would write into the package's `.d.ts` files, symbol by symbol. */
class Declarations {
  private readonly checker: ts.TypeChecker;
  private readonly files = new Map<ts.SourceFile, readonly ts.Statement[]>();
  private readonly known = new Map<ts.Symbol, readonly ts.Statement[]>();

  constructor(private readonly program: ts.Program) {
    this.checker = program.getTypeChecker();
  }

  textOf(symbol: ts.Symbol): string {
    const type = this.computed(symbol);
    if (type !== undefined) return `type ${symbol.name} = ${type};`;
    return this.of(symbol)
      .map((statement) =>
        printer.printNode(ts.EmitHint.Unspecified, withoutPrivate(statement), statement.getSourceFile()),
      )
      .join('\n')
      .replaceAll(/^export (default )?(declare )?/gm, '')
      .replaceAll(/^( {4})+/gm, (indent) => ' '.repeat(indent.length / 2));
  }

  /** Of a type that the compiler computes from a table, such as the names of what can be chosen: what comes out. */
  private computed(symbol: ts.Symbol): string | undefined {
    const [declaration] = symbol.declarations ?? [];
    if (!declaration || !ts.isTypeAliasDeclaration(declaration) || declaration.typeParameters)
      return undefined;
    if (!isComputed(declaration.type)) return undefined;
    const { NoTruncation, InTypeAlias, UseSingleQuotesForStringLiteralType } = ts.TypeFormatFlags;
    const flags = NoTruncation | InTypeAlias | UseSingleQuotesForStringLiteralType;
    const one = (type: ts.Type) => this.checker.typeToString(type, undefined, flags);
    // The compiler has names in the order in which it met them.
    const shown = (type: ts.Type) =>
      type.isUnion() && type.types.every((member) => member.isStringLiteral())
        ? type.types.map(one).sort().join(' | ')
        : one(type);
    const type = this.checker.getTypeAtLocation(declaration);
    if (!(type.flags & ts.TypeFlags.Object)) return shown(type);
    const properties = type
      .getProperties()
      .map((property) => `  readonly ${property.name}: ${shown(this.checker.getTypeOfSymbol(property))};\n`);
    return `{\n${properties.join('')}}`;
  }

  /** The symbols of graft's sources whose types a declaration names. */
  namedBy(symbol: ts.Symbol): ts.Symbol[] {
    const [declaration] = symbol.declarations ?? [];
    if (!declaration || this.computed(symbol) !== undefined) return [];
    const found: ts.Symbol[] = [];
    const visit = (node: ts.Node): void => {
      const name = nameIn(node);
      const any = ts.SymbolFlags.Type | ts.SymbolFlags.Value | ts.SymbolFlags.Alias;
      const named = name && this.checker.resolveName(name.text, declaration, any, false);
      if (named) found.push(targetOf(named, this.checker));
      ts.forEachChild(node, visit);
    };
    for (const statement of this.of(symbol)) visit(withoutPrivate(statement));
    return found.filter(({ declarations = [] }) =>
      declarations.some(
        (one) => !ts.isTypeParameterDeclaration(one) && one.getSourceFile().fileName.startsWith(SOURCES),
      ),
    );
  }

  /** The statements of the `.d.ts` file that declare a symbol. */
  private of(symbol: ts.Symbol): readonly ts.Statement[] {
    const { declarations = [] } = symbol;
    const known =
      this.known.get(symbol) ??
      [...new Set(declarations.map((one) => one.getSourceFile()))]
        .flatMap((file) => this.file(file))
        .filter((statement) => namesOf(statement).includes(symbol.name));
    if (known.length === 0)
      throw new Error(
        `${symbol.name} of ${declarations[0]?.getSourceFile().fileName} is not in its .d.ts file.`,
      );
    this.known.set(symbol, known);
    return known;
  }

  private file(source: ts.SourceFile): readonly ts.Statement[] {
    const known = this.files.get(source);
    if (known) return known;
    let text = '';
    this.program.emit(source, (_, written) => (text = written), undefined, true);
    const { statements } = ts.createSourceFile(source.fileName, text, ts.ScriptTarget.Latest, true);
    this.files.set(source, statements);
    return statements;
  }
}

const isComputed = (type: ts.TypeNode): boolean =>
  ts.isTypeOperatorNode(type)
    ? type.operator === ts.SyntaxKind.KeyOfKeyword
    : ts.isMappedTypeNode(type) || ts.isIndexedAccessTypeNode(type) || ts.isTypeQueryNode(type);

const namesOf = (statement: ts.Statement): string[] =>
  ts.isVariableStatement(statement)
    ? statement.declarationList.declarations.map(({ name }) => name.getText())
    : [(statement as ts.DeclarationStatement).name?.text ?? ''];

/** The name in a place where a type is named. */
function nameIn(node: ts.Node): ts.Identifier | undefined {
  const name = ts.isTypeReferenceNode(node)
    ? node.typeName
    : ts.isTypeQueryNode(node)
      ? node.exprName
      : ts.isExpressionWithTypeArguments(node)
        ? node.expression
        : undefined;
  return name && ts.isIdentifier(name) ? name : undefined;
}

const isPrivate = (node: ts.Node): boolean =>
  ts.canHaveModifiers(node) &&
  (node.modifiers ?? []).some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword);

/** A class without what it keeps to itself. */
const withoutPrivate = (statement: ts.Statement): ts.Statement =>
  ts.isClassDeclaration(statement)
    ? ts.factory.updateClassDeclaration(
        statement,
        ...([
          statement.modifiers,
          statement.name,
          statement.typeParameters,
          statement.heritageClauses,
        ] as const),
        statement.members.filter((member) => !isPrivate(member)),
      )
    : statement;
