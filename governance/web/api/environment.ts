import { environmentOf } from '../../api/console-address.ts';

/**
 * Whose messages, escalations and operations the pages show. It holds as long as the page is loaded: the other environment is
 * another load, so nothing of one can be shown as the other's.
 */
export const ENVIRONMENT = environmentOf(globalThis.location?.pathname ?? '/');
