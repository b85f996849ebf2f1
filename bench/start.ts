/**
 * `wardflow up --demo` from the start of the command to its last line, when all processes answer: into an empty folder, and again
 * into one that is there.
 *
 *     npm run bench start
 */
import { startWardflow, temporaryFolder, type WardflowProcess } from '../test/kit/wardflow-process.ts';

export interface StartRow {
  readonly start: 'first' | 'second';
  readonly seconds: number;
}

/** The last line of what it says when it is ready. */
const READY = /Ctrl-C stops it/;

export async function run(): Promise<readonly StartRow[]> {
  const folder = await temporaryFolder();
  const rows: StartRow[] = [];
  let current: WardflowProcess | undefined;
  try {
    for (const start of ['first', 'second'] as const) {
      const began = performance.now();
      current = startWardflow({ demo: true, dataFolder: folder.path, env: { WARDFLOW_DEMO_FEED: 'off' } });
      await current.line(READY);
      rows.push({ start, seconds: Number(((performance.now() - began) / 1000).toFixed(1)) });
      current.signal('SIGINT');
      await current.exit;
    }
    return rows;
  } finally {
    current?.signal('SIGKILL');
    await current?.exit;
    await folder.remove();
  }
}
