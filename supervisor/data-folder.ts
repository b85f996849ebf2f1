import { access, chmod, constants, readFile } from 'node:fs/promises';
import { errorName, makeFolder, readRunInfo } from '../engine/index.ts';
import { supervisorErrors } from './errors.ts';

/**
 * Makes the data folder, for this user only, and makes sure that nobody else runs on it. `leftOver`: an earlier
 * supervisor ended without taking its leave, and its children may still be ending. Throws `already-running`,
 * `data-folder-refused`.
 */
export async function takeDataFolder(folder: string): Promise<{ readonly leftOver: boolean }> {
  try {
    makeFolder(folder);
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    await chmod(folder, 0o700);
  } catch (error) {
    throw supervisorErrors.create('data-folder-refused', { folder, cause: errorName(error) }, { cause: error });
  }
  const before = await readRunInfo(folder);
  if (before && before.supervisor.pid !== process.pid && (await isNode(before.supervisor.pid))) {
    throw supervisorErrors.create('already-running', { folder, pid: before.supervisor.pid });
  }
  return { leftOver: before !== null };
}

/** Whether a Node.js process runs under this pid: after a restart of the machine the number may belong to anything. */
async function isNode(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return errorName(error) === 'EPERM';
  }
  try {
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).includes('node');
  } catch {
    return true;
  }
}
