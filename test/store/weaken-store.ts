/**
 * Preloaded (`--import`) into a process and its workers: weakens the store's source while it is loaded, so that tests can
 * show that they would notice. WEAKEN=flush turns flushing off, and the check of it; WEAKEN=setting only the flushing.
 */
import { registerHooks } from 'node:module';

/** Where the store says how it flushes. */
const SETTING = [
  '/engine/store/sqlite/connection.ts',
  '/engine/store/sqlite/write/durability.ts',
  '/engine/store/sqlite/arrivals/arrival-log.ts',
];
const weaken = process.env['WEAKEN'];

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (!SETTING.some((file) => url.endsWith(file)) || !loaded.source) return loaded;
    const text =
      typeof loaded.source === 'string' ? loaded.source : Buffer.from(loaded.source as Uint8Array).toString();
    let source = text
      .replace('PRAGMA synchronous = FULL', 'PRAGMA synchronous = OFF')
      .replace('O_RDWR | O_DSYNC', 'O_RDWR');
    if (weaken === 'flush') source = source.replace("synchronous: 'FULL'", "synchronous: 'OFF'");
    if (source === text) throw new Error('there was nothing to weaken');
    return { ...loaded, source };
  },
});
