/** Who is on in the demo: its people cover what the shipped flows ask for, around the clock. A roster that is there stays. */
import { constants } from 'node:fs';
import { chmod, copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../engine/index.ts';

/** @param folder of the environment */
export async function withDemoRoster(folder: string): Promise<void> {
  const file = join(folder, 'roster.json');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    await copyFile(join(packageRoot(), 'demo', 'roster.json'), file, constants.COPYFILE_EXCL);
    await chmod(file, 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
