/** The only reader of the process environment beside settings.ts. */
import { nearest } from '../base/nearest.ts';
import { configErrors } from './errors.ts';
import type { Setting } from './setting.ts';
import { SETTING_KEYS, SETTINGS, type Config, type SettingKey } from './settings.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

const PREFIX = 'WARDFLOW_';
/** Read by the test kit and by tools around the product, never by the product. */
const NOT_OURS = /^WARDFLOW_(TEST|BENCH)_/;

/**
 * The settings from the environment. An empty variable counts as unset (compose files write them so).
 * @throws WardflowError `settings-invalid` naming ALL that is wrong, unknown `WARDFLOW_` names included.
 */
export function readConfig(env: Environment = process.env, cwd: string = process.cwd()): Config {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const key of SETTING_KEYS) {
    const setting: Setting<unknown> = SETTINGS[key];
    const text = env[setting.env]?.trim() ?? '';
    if (text === '') {
      values[key] = setting.initial(cwd);
      continue;
    }
    const parsed = setting.parse(text, cwd);
    if ('problem' in parsed) problems.push(`${setting.env} ${parsed.problem}`);
    else values[key] = parsed.value;
  }
  const known = new Set(SETTING_KEYS.map((key) => SETTINGS[key].env));
  for (const name of Object.keys(env).toSorted()) {
    if (!name.startsWith(PREFIX) || known.has(name) || NOT_OURS.test(name)) continue;
    const guess = nearest(name, known);
    problems.push(`${name} is not a setting${guess === undefined ? '' : ` (did you mean ${guess}?)`}`);
  }
  if (problems.length > 0)
    throw configErrors.create('settings-invalid', {
      count: problems.length === 1 ? 'A setting' : `${problems.length} settings`,
      problems: `${problems.join('; ')}.`,
    });
  return Object.freeze(values as Config);
}

/**
 * The environment of a child process: this process's own without its `WARDFLOW_` part, then the settings of `config`.
 * Secrets go only where `secrets` names them.
 */
export function childEnvironment(
  config: Config,
  secrets: readonly SettingKey[] = [],
  env: Environment = process.env,
): Record<string, string> {
  const child: Record<string, string> = {};
  for (const [name, value] of Object.entries(env))
    if (value !== undefined && (!name.startsWith(PREFIX) || NOT_OURS.test(name))) child[name] = value;
  for (const key of SETTING_KEYS) {
    const setting = SETTINGS[key] as Setting<unknown>;
    if (setting.secret && !secrets.includes(key)) continue;
    const text = setting.format(config[key]);
    if (text !== null) child[setting.env] = text;
  }
  return child;
}
