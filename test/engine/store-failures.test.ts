import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { defineErrors, ManualClock, silentLog, type Log } from '../../engine/index.ts';
import { storeFailures } from '../../engine/store-failures.ts';

const errors = defineErrors({
  full: { class: 'transient', text: 'Full.', remedy: 'None.' },
  refused: { class: 'permanent', text: 'Refused.', remedy: 'None.' },
  died: { class: 'ambiguous', text: 'Died.', remedy: 'None.' },
});

describe('failures of the store', () => {
  it('end the process once where the store is lost, and not where it refuses or is full', () => {
    const fatal: unknown[] = [];
    const failures = storeFailures(new ManualClock(), silentLog, (error) => fatal.push(error));
    failures.note(errors.create('full'));
    failures.note(errors.create('refused'));
    assert.equal(fatal.length, 0);
    failures.note(errors.create('died'));
    failures.note(new Error('unforeseen'));
    assert.equal(fatal.length, 1);
  });

  it('are said now and then, however many there are', () => {
    const clock = new ManualClock();
    const said: unknown[] = [];
    const log: Log = { ...silentLog, error: (_, fields) => said.push(fields?.error) };
    const failures = storeFailures(clock, log);
    for (let i = 0; i < 1000; i++) failures.note(errors.create('full'));
    assert.equal(said.length, 1);
    failures.note(errors.create('refused'));
    clock.advance(10_000);
    failures.note(errors.create('full'));
    assert.equal(said.length, 3);
  });

  it('are shown as trouble with its remedy until something is kept again', () => {
    const clock = new ManualClock(5);
    const failures = storeFailures(clock, silentLog);
    assert.equal(failures.trouble(), null);
    failures.note(errors.create('full'));
    clock.advance(10);
    failures.note(errors.create('full'));
    assert.deepEqual(failures.trouble(), { code: 'full', text: 'Full. None.', since: 5, lastAt: 15, count: 2 });
    failures.kept();
    assert.equal(failures.trouble(), null);
    failures.note(errors.create('refused'));
    assert.equal(failures.trouble(), null, 'one operation was refused: the store is well');
  });

  it('are expected while it is being closed', () => {
    const fatal: unknown[] = [];
    const failures = storeFailures(new ManualClock(), silentLog, (error) => fatal.push(error));
    failures.expected();
    failures.note(errors.create('died'));
    assert.equal(fatal.length, 0);
  });
});
