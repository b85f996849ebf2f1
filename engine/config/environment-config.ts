/** The settings as the runtime of one environment means them: each environment has ports of its own. */
import type { Config } from './settings.ts';

/** Where definitions are made; every other environment is behind the gate and runs what was approved. */
const MADE_IN = 'staging';

export const isGated = (environment: string): boolean => environment !== MADE_IN;

/** With `mllpPort` as the environment's own, so that `${WARDFLOW_MLLP_PORT}` in its bindings is that. */
export function inEnvironment(config: Config, environment: Config['environment']): Config {
  return { ...config, environment, mllpPort: isGated(environment) ? config.productionMllpPort : config.mllpPort };
}

/** The port of its editor and API, and the setting that names it. */
export function runtimePort(config: Config): { readonly port: number; readonly setting: string } {
  return isGated(config.environment)
    ? { port: config.productionPort, setting: 'WARDFLOW_PRODUCTION_PORT' }
    : { port: config.stagingPort, setting: 'WARDFLOW_STAGING_PORT' };
}
