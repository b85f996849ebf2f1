import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openStore, silentLog } from '../../engine/index.ts';
import type { StoreAdapter } from './adapter.ts';

export const adapter: StoreAdapter = {
  name: 'SQLite',
  newPlace: () => mkdtemp(join(tmpdir(), 'wardflow-store-')),
  removePlace: (place) => rm(place, { recursive: true }),
  open: (place) => openStore({ adapter: 'sqlite', folder: place, log: silentLog }),
  opener: import.meta.filename,
  copies: 'sqlite',
  async holding(place, text) {
    const found: string[] = [];
    for (const file of (await readdir(place)).toSorted())
      if ((await readFile(join(place, file))).includes(text)) found.push(file);
    return found;
  },
  kept(place, which) {
    const db = new DatabaseSync(join(place, 'wardflow.db'), { readOnly: true });
    try {
      const names = db
        .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
        .all()
        .map(({ name }) => String(name));
      const some = (name: string): boolean => db.prepare(`SELECT 1 FROM "${name}" LIMIT 1`).get() !== undefined;
      return Promise.resolve(names.filter((name) => which === undefined || some(name)));
    } finally {
      db.close();
    }
  },
};
