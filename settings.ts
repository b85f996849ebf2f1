/** What `node-red -s settings.ts` is started with. Node-RED takes the settings from an export of this very name. */
import { composeSettings } from './runtime/compose-settings.ts';

const settings = composeSettings();

export { settings as 'module.exports' };
