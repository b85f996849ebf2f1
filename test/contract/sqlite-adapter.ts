import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore, silentLog } from '../../engine/index.ts';
import type { StoreAdapter } from './adapter.ts';

export const adapter: StoreAdapter = {
  name: 'SQLite',
  newPlace: () => mkdtemp(join(tmpdir(), 'wardflow-store-')),
  removePlace: (place) => rm(place, { recursive: true }),
  open: (place) => openStore({ adapter: 'sqlite', folder: place, log: silentLog }),
  opener: import.meta.filename,
};
