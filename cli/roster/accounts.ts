import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openPeople } from '../../governance/server/local-people.ts';

/** User name -> may log in. `null`: no console has run on this data folder, and looking must not make its store. */
export function accountsIn(dataFolder: string): ReadonlyMap<string, boolean> | null {
  if (!existsSync(join(dataFolder, 'governance', 'console.sqlite'))) return null;
  const { people, close } = openPeople(dataFolder);
  try {
    return new Map(people.list().map(({ username, state }) => [username, state !== 'disabled']));
  } finally {
    close();
  }
}
