import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { requireStrace, skipBecause } from '../kit/requires.ts';

const ACCEPT = resolve(import.meta.dirname, 'accept-some.ts');
const ACT = resolve(import.meta.dirname, 'act-on-decisions.ts');
const WEAKENER = resolve(import.meta.dirname, 'weaken-store.ts');

describe('durability of an acknowledgement', () => {
  let strace: string;
  let folder: string;

  before(function () {
    strace = requireStrace(this);
    if (spawnSync(strace, ['true']).status !== 0) skipBecause(this, 'ptrace', 'this machine lets no process be traced');
    folder = mkdtempSync(join(tmpdir(), 'wardflow-strace-'));
  });
  after(() => {
    if (folder) rmSync(folder, { recursive: true });
  });

  it('comes after the message was written and flushed, for each message', () => {
    const events = trace(strace, folder, ACCEPT, []);
    assert.deepEqual(unflushed(events), []);
    assert.equal(events.filter((event) => event === 'acknowledged').length, 10);
  });

  it('would be seen to come too early: without flushing the same check fails for each message', () => {
    const events = trace(strace, folder, ACCEPT, ['--import', WEAKENER]);
    assert.equal(unflushed(events).length, 10);
  });

  it('comes before anything is done on account of a decision that nobody waited for', () => {
    const events = trace(strace, folder, ACT, []);
    assert.equal(events.filter((event) => event === 'acknowledged').length, 10);
    assert.deepEqual(unflushed(events), []);
    assert.equal(unflushed(trace(strace, folder, ACT, ['--import', WEAKENER])).length, 10);
  });
});

/** `kept`: written by a call that returns when the disk has it. */
type Event = 'written' | 'flushed' | 'kept' | 'acknowledged';

/** What the traced process did, in order: a call counts when it has returned. */
function trace(strace: string, folder: string, program: string, nodeOptions: readonly string[]): Event[] {
  const name = `${basename(program)}-${nodeOptions.length}`;
  const output = join(folder, `${name}.trace`);
  const calls = 'trace=openat,fdatasync,fsync,write,writev,pwrite64,sendto';
  const run = spawnSync(
    strace,
    ['-f', '-y', '-s', '64', '-e', calls, '-o', output, process.execPath, ...nodeOptions, program, join(folder, name)],
    { env: { ...process.env, WEAKEN: 'flush' }, encoding: 'utf8' },
  );
  assert.equal(run.status, 0, run.stderr);
  const events: Event[] = [];
  /** Calls begun and not yet returned, by thread. */
  const begun = new Map<string, string>();
  /** The file of arrivals was opened so that a write returns when the disk has it. */
  let isSynchronous = false;
  for (const line of readFileSync(output, 'utf8').split('\n')) {
    const [, thread = '', rest = ''] = /^(\d+)\s+(.*)$/.exec(line) ?? [];
    let call = rest;
    if (rest.endsWith('<unfinished ...>')) {
      begun.set(thread, rest);
      continue;
    }
    if (rest.startsWith('<...')) call = begun.get(thread) ?? '';
    if (/^write\(1<.*"acknowledged/.test(call)) events.push('acknowledged');
    else if (/^pwrite64\(\d+<[^>]*-wal>/.test(call)) events.push('written');
    else if (/^openat\([^,]*, "[^"]*-arrivals", O_RDWR/.test(call)) isSynchronous = call.includes('O_DSYNC');
    else if (isSynchronous && /^pwrite64\(\d+<[^>]*-arrivals>/.test(call)) events.push('kept');
    else if (/^f(data)?sync\(\d+<[^>]*-wal>/.test(call)) events.push('flushed');
  }
  return events;
}

/** The numbers of the acknowledgements that were not preceded, since the one before, by a write and then its flush. */
function unflushed(events: readonly Event[]): number[] {
  const early: number[] = [];
  let since: Event[] = [];
  let count = 0;
  for (const event of events) {
    if (event !== 'acknowledged') {
      since.push(event);
      continue;
    }
    const written = since.lastIndexOf('written');
    const isKept = since.includes('kept') || (written >= 0 && since.indexOf('flushed', written) >= 0);
    if (!isKept) early.push(count);
    count++;
    since = [];
  }
  return early;
}
