/** The README's table of the options of `graft train`, made from what the options themselves are made of. */
import { flagOf, shownDefault, watchOptions } from '../../src/cli/train/options.ts';
import { runSettings } from '../../src/run/run-settings.ts';
import { settingGroups, type Setting } from '../../src/train/index.ts';

type Row = readonly [flags: string, preset: string, about: string];

const HEAD: Row = ['option', 'default', 'what it does'];
const CONFIG: Row = [
  '`--config <file>`',
  '',
  'options from a file, such as `{"epochs": 10}`, or [`graft.config.ts`](docs/command-line.md#settings-in-a-file); those on the command line take precedence',
];

/** The table in Markdown, its columns aligned as prettier has them, without an end of line. */
export function optionsTable(): string {
  const groups: readonly Readonly<Record<string, Setting>>[] = [...Object.values(settingGroups), runSettings];
  const settings = groups.flatMap((group) =>
    Object.entries(group).map(([name, setting]) => rowOf(name, setting)),
  );
  const watching = watchOptions.map(({ flags, about }): Row => [code(flags), '', about]);
  const rows = [CONFIG, ...settings, ...watching];
  const widths = HEAD.map((title, i) => Math.max(title.length, ...rows.map((row) => (row[i] ?? '').length)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  return [line(HEAD), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

function rowOf(name: string, setting: Setting): Row {
  const flags = setting.kind === 'flag' ? flagOf(name) : `${flagOf(name)} <${setting.argument}>`;
  const preset = shownDefault(setting);
  const value = preset?.replace(/\S+$/, code('$&')) ?? '';
  return [code(flags), value, setting.about ?? setting.help];
}

const code = (text: string): string => `\`${text}\``;
