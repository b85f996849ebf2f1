import { access, constants, mkdir, rm, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorName, type Config } from '../../engine/index.ts';
import { note, ok, warning, wrong, type Finding } from './finding.ts';

const WANTED_NODE = 24;
const GIB = 1024 ** 3;

export function checkNode(version: string = process.versions.node): Finding {
  const major = Number(version.split('.')[0]);
  return major >= WANTED_NODE
    ? ok('Node.js', `version ${version}`)
    : wrong(
        'Node.js',
        `version ${version} is too old`,
        `Use Node.js ${WANTED_NODE} or newer ("npm ci" brings it for Linux).`,
      );
}

export async function checkDataFolder({ dataFolder }: Config): Promise<Finding> {
  const about = 'data folder';
  try {
    await access(dataFolder, constants.F_OK);
  } catch (error) {
    if (errorName(error) !== 'ENOENT') return refused(dataFolder, error);
    return note(about, `${dataFolder} is not there yet; the first start makes it`);
  }
  const probe = join(dataFolder, `.doctor-${process.pid}`);
  try {
    await mkdir(probe);
    await rm(probe, { recursive: true });
    return ok(about, `${dataFolder} can be written`);
  } catch (error) {
    return refused(dataFolder, error);
  }
}

const refused = (folder: string, error: unknown): Finding =>
  wrong(
    'data folder',
    `${folder} cannot be written (${errorName(error)})`,
    'Give this user write permission there, or set WARDFLOW_DATA to a folder that it may write.',
  );

export async function checkDisk({ dataFolder }: Config): Promise<Finding> {
  let folder = dataFolder;
  for (;;) {
    try {
      const { bavail, bsize } = await statfs(folder);
      return space((bavail * bsize) / GIB);
    } catch (error) {
      if (dirname(folder) === folder)
        return warning('disk', `free space is not known (${errorName(error)})`, 'Look at it yourself.');
      folder = dirname(folder);
    }
  }
}

function space(gib: number): Finding {
  const text = `${gib.toFixed(1)} GiB free for the data folder`;
  const remedy = 'Free some space, or move the data folder: when the disk is full, senders get no acknowledgements.';
  if (gib < 0.25) return wrong('disk', text, remedy);
  return gib < 2 ? warning('disk', text, remedy) : ok('disk', text);
}
