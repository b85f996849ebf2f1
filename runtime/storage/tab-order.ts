/**
 * The order of the tabs in the editor. It is kept beside the flows and not in them: it is how the people of one
 * environment like to look at their flows, and nothing that is reviewed.
 */
import type { Log } from '../../engine/index.ts';
import { readStored } from './read-stored.ts';
import { jsonText, writeWhole } from './write-whole.ts';

export interface TabOrder {
  /** Ids of tabs; none where nothing was kept, or what was kept cannot be used. */
  read(): Promise<readonly string[]>;
  /** Never rejects: the flows are saved, and only their order would be lost. */
  write(tabs: readonly string[]): Promise<void>;
}

export function tabOrder(path: string, log: Log): TabOrder {
  return {
    async read() {
      const kept = await readStored(path, []).catch(() => undefined);
      if (Array.isArray(kept) && kept.every((id) => typeof id === 'string')) return kept;
      log.warn('the order of the tabs cannot be read; they are in the order of their names');
      return [];
    },
    async write(tabs) {
      await writeWhole(path, jsonText(tabs)).catch((error: unknown) => {
        log.warn('the order of the tabs could not be kept', { error });
      });
    },
  };
}
