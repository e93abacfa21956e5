import ts from 'typescript';
const entries=['graft','node','web','kernels'].map(n=>`/work/wt-reference/src/api/${n}.ts`);
const cfg=ts.readConfigFile('tsconfig.json',p=>ts.sys.readFile(p));
const {options}=ts.parseJsonConfigFileContent(cfg.config,ts.sys,'.');
const t=Date.now();
const prog=ts.createProgram(entries,options);const ch=prog.getTypeChecker();
for(const e of entries){const sf=prog.getSourceFile(e)!;const sym=ch.getSymbolAtLocation(sf)!;
 console.log('##',e.split('/').pop());
 for(const s of ch.getExportsOfModule(sym)){const a=s.flags&ts.SymbolFlags.Alias?ch.getAliasedSymbol(s):s;
  const doc=ts.displayPartsToString(a.getDocumentationComment(ch));
  const isV=!!(a.flags&ts.SymbolFlags.Value);
  const d=a.declarations![0]!;
  const ex=/```ts/.test(doc);
  console.log(s.name.padEnd(24),isV?'V':'t',doc?(ex?'EX':'doc'):'--',d.getSourceFile().fileName.replace('/work/wt-reference/',''));
 }}
console.log(Date.now()-t,'ms');
