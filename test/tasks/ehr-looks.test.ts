import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { TaskActor } from '../../engine/index.ts';
import { CopyBench } from '../kit/copy-bench.ts';
import type { Searches } from '../kit/counting-fhir-server.ts';

const ANA: TaskActor = { actor: 'user:ana', via: 'console' };
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const LONG = process.env['WARDFLOW_TEST_LONG'] === '1';
const MANY = LONG ? 1000 : 120;

const WORDS: Readonly<Record<Searches, string>> = {
  all: 'can do all',
  'no-system': 'finds nothing by a system alone',
  'ignores-times': 'ignores times',
  'no-ids': 'finds nothing by ids',
  refuses: 'refuses such searches',
};

describe('looking what has changed at the copies of tasks', () => {
  let bench: CopyBench;
  beforeEach(async () => {
    bench = await CopyBench.open();
    bench.copies.start();
  });
  afterEach(async () => {
    await bench.close();
    assert.deepEqual(bench.failures, []);
  });
  const many = async (count: number): Promise<readonly string[]> => {
    const ids: string[] = [];
    for (let i = 0; i < count; i++) ids.push((await bench.newTask({ discriminator: `${i}` })).id);
    for (const id of ids) await bench.inStep(id);
    return ids;
  };
  const referenceOf = async (id: string): Promise<string> => (await bench.task(id)).ehr?.reference ?? '';
  /** What is asked while so much time goes by. */
  const askedWithin = async (ms: number): Promise<readonly string[]> => {
    const before = bench.server.asked.length;
    const end = bench.clock.now() + ms;
    await bench.until('the time to go by', () => bench.clock.now() >= end, SECOND);
    return bench.server.asked.slice(before);
  };
  /** Time from a change in the EHR until our task follows it. */
  const heardAfter = async (id: string): Promise<number> => {
    bench.server.change(await referenceOf(id), { status: 'accepted' });
    const said = bench.clock.now();
    await bench.until('the answer', async () => (await bench.task(id)).state === 'accepted', SECOND);
    return bench.clock.now() - said;
  };

  it(`hears an answer among ${MANY} open copies within 15 s, for a request each 10 s`, async function () {
    this.timeout(300_000);
    const ids = await many(MANY);
    await askedWithin(MINUTE);
    const asked = await askedWithin(10 * MINUTE);
    const sweeps = 2 * Math.ceil(MANY / 50);
    assert.ok(asked.length <= 60 + 4 + 2 * sweeps, `${asked.length} requests in 10 minutes`);
    if (LONG) console.log(`      ${asked.length / 10} requests a minute for ${MANY} open copies that nobody changes`);
    assert.deepEqual(
      asked.filter((url) => /^\/fhir\/Task\/\d/.test(url)),
      [],
      'none is read by itself',
    );
    for (const id of [ids[0], ids[MANY >> 1], ids[MANY - 1]]) {
      const took = await heardAfter(id ?? '');
      assert.ok(took <= 15 * SECOND, `heard after ${took} ms`);
    }
  });

  const servers: readonly Searches[] = ['no-system', 'ignores-times', 'no-ids', 'refuses'];
  for (const kind of servers)
    it(`hears an answer where the server ${WORDS[kind]}`, async () => {
      const ids = await many(12);
      bench.searches = kind;
      await askedWithin(MINUTE);
      const took = await heardAfter(ids[7] ?? '');
      assert.ok(took <= 15 * SECOND, `heard after ${took} ms`);
      const own = (await bench.place.store.tasks.events(ids[3] ?? '')).length;
      assert.equal(own, 1, 'nothing is said of the others');
    });

  it('hears all answers that were given at once, though they are more than one round takes over', async function () {
    this.timeout(60_000);
    const ids = await many(130);
    await askedWithin(MINUTE);
    // Of its clock a second apart: when the newest is known, the oldest are longer ago than a look goes back.
    for (const id of ids) bench.server.change(await referenceOf(id), { status: 'accepted' });
    const said = bench.clock.now();
    await bench.until(
      'all answers',
      async () => {
        const { tasks } = await bench.place.store.tasks.list({ limit: 200 });
        return tasks.every(({ state }) => state === 'accepted');
      },
      SECOND,
    );
    const took = bench.clock.now() - said;
    assert.ok(took <= MINUTE, `the last was heard after ${took} ms`);
  });

  it('hears those that an end of the connection kept from being read', async () => {
    const ids = await many(12);
    await askedWithin(MINUTE);
    for (const id of ids) bench.server.change(await referenceOf(id), { status: 'accepted' });
    // Searches are answered, and reads are not: and what is changed meanwhile is newer by far.
    bench.fault = (_method, _type, url) => (/Task\/\d/.test(url) ? 'reset-before' : null);
    await askedWithin(MINUTE);
    for (let i = 0; i < 120; i++) bench.server.change(await referenceOf(ids[11] ?? ''), { status: 'accepted' });
    await askedWithin(MINUTE / 2);
    bench.fault = () => null;
    const over = bench.clock.now();
    for (const id of ids)
      await bench.until('the answer', async () => (await bench.task(id)).state === 'accepted', SECOND);
    assert.ok(bench.clock.now() - over <= 2 * MINUTE + 10 * SECOND, `${bench.clock.now() - over} ms`);
  });

  it('hears an answer within 15 s where a copy is said to be of next year', async () => {
    const ids = await many(3);
    await askedWithin(MINUTE);
    bench.server.clock(Date.UTC(2040, 0, 1));
    bench.server.change(await referenceOf(ids[0] ?? ''), { status: 'accepted' });
    await askedWithin(MINUTE);
    bench.server.clock(bench.clock.now());
    const took = await heardAfter(ids[1] ?? '');
    assert.ok(took <= 15 * SECOND, `heard after ${took} ms`);
  });

  it('asks a server that is away no more often where much is owed', async () => {
    bench.fault = () => 'reset-before';
    for (let i = 0; i < 100; i++) await bench.newTask({ discriminator: `${i}` });
    // Told of once, each of them is known to be owed.
    await askedWithin(MINUTE);
    bench.copies.wake();
    const rounds = bench.rounds;
    await askedWithin(MINUTE);
    assert.ok(bench.rounds - rounds <= 10, `${bench.rounds - rounds} rounds in a minute`);
  });

  it('hears an answer after a restart, and those that were given meanwhile', async () => {
    const ids = await many(6);
    await bench.restart();
    bench.server.change(await referenceOf(ids[1] ?? ''), { status: 'accepted' });
    bench.copies.start();
    await bench.until('the answer', async () => (await bench.task(ids[1] ?? '')).state === 'accepted');
    assert.ok((await heardAfter(ids[5] ?? '')) <= 15 * SECOND);
  });

  it('sees that a copy was removed though nothing else changed, and goes on with the others', async () => {
    const ids = await many(3);
    await askedWithin(MINUTE);
    bench.server.remove(await referenceOf(ids[2] ?? ''));
    const said = bench.clock.now();
    await bench.trouble(ids[2] ?? '', 'ehr-gone');
    assert.ok(bench.clock.now() - said <= 6 * MINUTE);
    assert.ok((await heardAfter(ids[0] ?? '')) <= 15 * SECOND);
  });

  it('says of all copies that their server cannot be asked, and takes it back, without a request for each', async () => {
    const ids = await many(20);
    bench.fault = () => 'reset-before';
    for (const id of ids) await bench.trouble(id, 'ehr-unreachable');
    bench.fault = () => null;
    const before = bench.server.asked.length;
    for (const id of ids) await bench.inStep(id);
    assert.ok(bench.server.asked.length - before < 10, `${bench.server.asked.length - before} requests`);
  });

  it('tries a stat copy that could not be written again sooner than a routine one', async () => {
    const tries = new Map<string, number[]>();
    const some = { stat: '', routine: '' };
    bench.fault = (_method, _type, url) => {
      for (const [name, id] of Object.entries(some))
        if (id !== '' && url.includes(id)) tries.set(name, [...(tries.get(name) ?? []), bench.clock.now()]);
      return url.includes('identifier') ? 'fail-before' : null;
    };
    some.stat = (await bench.newTask({ priority: 'stat', discriminator: 'stat' })).id;
    some.routine = (await bench.newTask({ priority: 'routine', discriminator: 'routine' })).id;
    const end = bench.clock.now() + 2 * MINUTE;
    await bench.until('two minutes', () => bench.clock.now() >= end, SECOND);
    const [stat = [], routine = []] = [tries.get('stat'), tries.get('routine')];
    assert.ok(stat.length >= 5 && stat.length > routine.length, `${stat.length} and ${routine.length} tries`);
    assert.ok(routine.length >= 2 && routine.length <= 5, `${routine.length} tries`);
  });

  it('tries a copy again at once when its task changes', async () => {
    let refuse = true;
    bench.fault = (method) => (refuse && method !== 'GET' ? 'fail-before' : null);
    const task = await bench.newTask({ priority: 'routine' });
    await bench.trouble(task.id, 'ehr-unreachable');
    refuse = false;
    const from = bench.clock.now();
    await bench.tasks.claim(task.id, (await bench.task(task.id)).version, 'ana', ANA);
    await bench.until('the copy', async () => (await bench.task(task.id)).ehr?.trouble === null, SECOND);
    assert.ok(bench.clock.now() - from <= 2 * SECOND);
  });
});
