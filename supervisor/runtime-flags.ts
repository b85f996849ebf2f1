/**
 * Options of Node for a runtime: those that bound its memory, and those that confine it (Node's permission model). What
 * starts a runtime asks here, tests and benchmarks included, so that what is tested is what runs.
 */
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { environmentFolder, isGated, makeFolder } from '../engine/index.ts';
import { releaseFolderOf } from '../governance/release/release-folder.ts';
import { trustFolderOf } from '../governance/trust/read-trust-folder.ts';
import { supervisorErrors } from './errors.ts';

const ROOT = join(import.meta.dirname, '..');

/**
 * V8 lets a busy heap grow to half a gigabyte of what nobody needs any more before it looks; growing in smaller steps
 * costs a little more collecting (docs/performance.md).
 */
const MEMORY = ['--max-semi-space-size=4', '--heap-growing-percent=25'];

/** For the environment: glibc keeps an arena for each thread. Two are enough, and save 40 MiB of a busy runtime. */
export const MEMORY_ENVIRONMENT = { MALLOC_ARENA_MAX: '2' } as const;

/**
 * What a runtime's code is made of. Not the whole checkout: the data folder lies in it by default, and what the console
 * and the command line are made of is none of a runtime's business.
 */
const CODE = [
  'package.json',
  'settings.ts',
  'engine',
  'runtime',
  'governance/bundle',
  'governance/release',
  'governance/trust',
  'nodes',
  'editor-theme',
  'dist/palette',
  'dist/fhir-names',
  'supervisor/child-guard.ts',
];

export interface RuntimePlace {
  readonly environment: string;
  /** The whole data folder; the runtime gets its environment's part of it only. */
  readonly dataFolder: string;
  readonly flowsFolder: string;
  /** What it may read besides, for a test or a benchmark that loads something of its own into it. */
  readonly alsoReads?: readonly string[];
  readonly alsoWrites?: readonly string[];
}

/**
 * Makes the environment's folder, since a path that is not there when Node starts is taken for a file. Throws
 * `path-not-confinable` and `confinement-void` rather than give a runtime more than it should have.
 */
export function runtimeFlags(place: RuntimePlace): readonly string[] {
  const own = environmentFolder(place.dataFolder, place.environment);
  makeFolder(own);
  // Staging is where definitions are made; every other environment is given what was approved, and reads nothing else.
  const gated = isGated(place.environment);
  const writes = [own, ...(gated ? [] : [place.flowsFolder]), ...(place.alsoWrites ?? [])];
  const approved = gated
    ? [trustFolderOf(place.dataFolder, place.environment), releaseFolderOf(place.dataFolder, place.environment)]
    : [];
  const code = [...CODE.map((part) => join(ROOT, part)), ...packageFolders()].filter((path) => existsSync(path));
  const reads = [...writes, ...approved, ...code, ...(place.alsoReads ?? [])];
  for (const path of writes)
    for (const guarded of [place.dataFolder, ROOT])
      if (holds(path, guarded)) throw supervisorErrors.create('confinement-void', { path, guarded });
  for (const path of [...(gated ? [] : [place.flowsFolder]), ...code])
    if (holds(path, place.dataFolder))
      throw supervisorErrors.create('confinement-void', { path, guarded: place.dataFolder });
  return [
    ...MEMORY,
    '--permission',
    // The threads of the store, the judge and the validator. The runtime gives this permission away once they run (runtime/containment.ts).
    '--allow-worker',
    // Said by each of those threads at each start: that workers weaken the model. That is why it is given away.
    '--disable-warning=PERM0006',
    ...granted('--allow-fs-read', reads),
    ...granted('--allow-fs-write', writes),
  ];
}

/** As the path is given, and as it is without symbolic links: Node compares text, and modules are loaded by the latter. */
function granted(flag: string, paths: readonly string[]): readonly string[] {
  const all = new Set<string>();
  for (const path of paths.map((one) => resolve(one))) {
    for (const one of [path, real(path)]) {
      // Node takes everything from a star on for allowed.
      if (one.includes('*')) throw supervisorErrors.create('path-not-confinable', { path: one });
      all.add(one);
      // A folder that is made later: the staging runtime makes the one for definitions.
      if (!existsSync(one)) all.add(join(one, '*'));
    }
  }
  return [...all].map((path) => `${flag}=${path}`);
}

/** Without symbolic links, as far as the path exists. */
function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return dirname(path) === path ? path : join(real(dirname(path)), path.slice(dirname(path).length));
  }
}

function holds(folder: string, path: string): boolean {
  const way = relative(real(resolve(folder)), real(resolve(path)));
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`));
}

/** The folders of packages that module resolution looks into: the checkout's, or those of the project it is part of. */
function packageFolders(): readonly string[] {
  const found: string[] = [];
  for (let folder = ROOT; ; folder = dirname(folder)) {
    const packages = join(folder, 'node_modules');
    if (existsSync(packages)) found.push(packages);
    if (dirname(folder) === folder) return found;
  }
}
