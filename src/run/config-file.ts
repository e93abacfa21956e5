/**
 * `graft.config.ts`, the settings of a project, typed by the tables of settings: what it leaves open stays open, and what it says the
 * command line may say otherwise.
 */
import type { SettingName, TrainConfig, ValueOf } from '../train/index.ts';
import type { runSettings } from './run-settings.ts';

type RunSettings = typeof runSettings;

/** What a config file may set: what decides a run's weights, and a run's name, files and memory. */
export type GraftConfig = {
  readonly [Name in SettingName]?: TrainConfig[Name] | undefined;
} & {
  readonly [Name in Exclude<keyof RunSettings, 'resume'>]?: ValueOf<RunSettings[Name]> | undefined;
};

/**
 * The settings of `graft.config.ts`, as they are: so that an editor completes their names and a compiler checks their values.
 *
 * ```ts
 * // In graft.config.ts: export default defineConfig({ … }).
 * const config = defineConfig({ data: 'photos', epochs: 20, lr: 0.01 });
 * config.epochs; // → 20
 * ```
 */
export const defineConfig = (config: GraftConfig): GraftConfig => config;
