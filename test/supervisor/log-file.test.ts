import assert from 'node:assert/strict';
import fs, { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { openLogFile } from '../../supervisor/log-file.ts';

describe('the log file of a supervised process', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wardflow-log-'));
    path = join(folder, 'x.log');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is turned over at its limit, and the oldest is dropped', async () => {
    const log = openLogFile(path, { maxBytes: 10, keep: 2 });
    for (const line of ['first---', 'second--', 'third---', 'fourth--']) log.write(line);
    log.close();
    const read = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');
    assert.deepEqual(
      [await read('x.log'), await read('x.log.1'), await read('x.log.2')],
      ['fourth--', 'third---', 'second--'],
    );
    assert.equal(existsSync(`${path}.3`), false);
  });

  it('loses lines while the disk is full, goes on, and then says how many', async () => {
    const log = openLogFile(path);
    log.write('before\n');
    const { writeSync } = fs;
    fs.writeSync = () => {
      throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    };
    syncBuiltinESMExports();
    try {
      log.write('lost\n');
      log.write('lost as well\n');
    } finally {
      fs.writeSync = writeSync;
      syncBuiltinESMExports();
    }
    log.write('after\n');
    log.close();
    assert.equal(await readFile(path, 'utf8'), 'before\n\n--- 2 writes to this log were lost\nafter\n');
  });
});
