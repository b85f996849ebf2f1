/** Node-RED's storage of a runtime: definitions in files where they are made, releases behind the gate. */
import { createGatedStorage } from './gate/gated-storage.ts';
import type { ReadOnly } from './gate/read-only.ts';
import type { Runtime } from './runtime.ts';
import { createStorageModule } from './storage/storage-module.ts';

/** @param readOnly set behind the gate */
export function runtimeStorage(runtime: Runtime, userFolder: string, readOnly: ReadOnly | null): object {
  const { log, config } = runtime;
  const prepare = (): Promise<void> => runtime.prepare();
  if (readOnly)
    return createGatedStorage({
      userFolder,
      log,
      prepare,
      gate: () => runtime.gate,
      onRefused: (what, user) =>
        readOnly.refused(what, user?.username === undefined ? 'unknown' : `user:${user.username}`),
    });
  return createStorageModule({
    flowsFolder: config.flowsFolder,
    userFolder,
    log,
    prepare,
    alone: runtime.alone,
    saved: (definitions, user) => runtime.deployed(definitions, user),
    definitions: () => runtime.definitions(),
    onUnreadable: (error) => runtime.fail(error),
  });
}
