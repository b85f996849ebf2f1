import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { supervisorErrors } from './errors.ts';
import { openLogFile } from './log-file.ts';
import { missingParts, ROOT } from './processes.ts';

/**
 * Runs `npm run build` for a checkout without `dist/`. Throws `build-failed` where the palette is missing afterwards:
 * without the console's pages messages are still taken and worked on, without the nodes they are not.
 */
export async function build(dataFolder: string): Promise<void> {
  const log = openLogFile(join(dataFolder, 'logs', 'build.log'));
  const child = spawn(process.execPath, ['scripts/build.ts'], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.on('data', (chunk: Buffer) => log.write(chunk));
  child.stderr.on('data', (chunk: Buffer) => log.write(chunk));
  const status = await new Promise<number>((resolve) => child.once('close', (code) => resolve(code ?? 1)));
  log.close();
  if (missingParts().includes('palette')) throw supervisorErrors.create('build-failed', { status, log: log.path });
}
