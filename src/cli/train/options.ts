// The options of `graft train`, in groups as people look for them. Those that decide a run's weights come from the
// trainer's table of settings; they have no defaults here, since what is not given is chosen by the photos (see
// chooseStrategy). The others say where a run goes, how much memory it takes and what it shows.
import { Option, type Command } from 'commander';
import {
  hyphenated,
  readText,
  settingGroups,
  settingNames,
  type Setting,
  type TrainConfig,
} from '../../train/index.ts';
import { runSettings } from '../../run/run-settings.ts';
import { NONE, valueOf, wholeNumber } from '../options.ts';

/** What a config may leave open. */
export type GivenConfig = { -readonly [Name in keyof TrainConfig]?: TrainConfig[Name] };

/** Options that do not touch the weights. */
export interface RunOptions {
  readonly name?: string;
  readonly resume?: string;
  readonly output?: string;
  readonly cache?: number;
  readonly photoMemory?: number | typeof NONE;
  readonly checkpointInterval?: number;
  readonly showBatch?: string;
  readonly tensorboard?: true;
  readonly keepFeatures?: true;
  readonly serve?: true | number;
  readonly json?: true;
}

export type TrainOptions = GivenConfig & RunOptions;

/** The part of a run's config that the user has decided. */
export function givenConfig(options: GivenConfig): Partial<TrainConfig> {
  const values: Readonly<Record<string, unknown>> = { ...options };
  const entries = settingNames.map((name) => [name, values[name] === NONE ? null : values[name]] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/** The bytes of main memory that photos may take; undefined where graft decides. */
export const photoBudgetOf = ({ photoMemory }: Pick<RunOptions, 'photoMemory'>): number | undefined =>
  typeof photoMemory === 'number' ? photoMemory * 2 ** 20 : undefined;

/** Adds the options that `train` and `lr-find` share: data, network, and how it learns. */
export function addConfigOptions(command: Command): Command {
  for (const [title, settings] of Object.entries(settingGroups)) {
    command.optionsGroup(`${title}:`);
    for (const [name, setting] of Object.entries<Setting>(settings))
      command.addOption(settingOption(name, setting));
  }
  return command;
}

/** The flag of a setting: --batch-size, for example. */
export const flagOf = (name: string): string => `--${hyphenated(name)}`;

/** The option with which the command line sets what `config.json` calls `name`. */
export function settingOption(name: string, setting: Setting): Option {
  const flag = flagOf(name);
  if (setting.kind === 'flag') return new Option(flag, setting.help);
  const preset = shownDefault(setting);
  const help = preset === undefined ? setting.help : `${setting.help} (default: ${preset})`;
  const option = new Option(`${flag} <${setting.argument}>`, help);
  if (setting.kind === 'choice') option.choices(setting.choices);
  if (setting.kind === 'number') option.argParser((text) => valueOf(readText(setting, text)) ?? NONE);
  return option;
}

/** What a setting is if nobody sets it, in words; what photos choose has a value to begin with. Undefined where that is nothing. */
export function shownDefault(setting: Setting): string | undefined {
  if (setting.kind === 'flag') return undefined;
  const isNone =
    setting.kind === 'number' ? (setting.nullName ?? 'none') : setting.chosen ? 'none' : undefined;
  const value = setting.default === null ? isNone : String(setting.default);
  return value !== undefined && setting.chosen ? `auto, ${value}` : value;
}

/** How a terminal or another program may watch a run; a run is the same without. */
export const watchOptions = [
  {
    flags: '--serve [port]',
    help: 'show the report in a browser while it trains, at 127.0.0.1',
    about: 'shows the report in a browser while it trains: prints the address, on this machine alone',
  },
  {
    flags: '--json',
    help: 'print what happens as JSON, an object a line',
    about: 'prints [what happens as JSON](docs/command-line.md), an object a line',
  },
] as const;

/** Adds the options of a run's name, files and memory, which only `train` has. */
export function addRunOptions(command: Command): Command {
  command.optionsGroup('Run:');
  for (const [name, setting] of Object.entries<Setting>(runSettings))
    command.addOption(settingOption(name, setting));
  const [serve, json] = watchOptions;
  return command.option(serve.flags, serve.help, wholeNumber(1, 65535)).option(json.flags, json.help);
}
