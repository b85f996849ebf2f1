/** What the service asks of the store, and that it hears of every change; what is judged is tested in test/contract. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { Problems } from '../../engine/definitions/problem.ts';
import { readIdentityFile } from '../../engine/identity/identity-file.ts';
import {
  createEngine,
  Hl7Message,
  ManualClock,
  silentLog,
  type Engine,
  type EventContext,
  type IdentityFinding,
} from '../../engine/index.ts';
import { oru, potassium } from '../kit/hl7-messages.ts';
import { newMessage, newWork, T0, WINDOW } from '../kit/store-builders.ts';

const BY = { by: 'user:ana', reason: 'looked at both' };
const merge = (prior: string, survivor: string): string =>
  `MSH|^~\\&|ADT|NORTH|W|NORTH|20260105080000+0000||ADT^A40^ADT_A39|M|P|2.5.1\rEVN|A40|20260105080000+0000\r` +
  `PID|1||${survivor}^^^NORTH^MR\rMRG|${prior}^^^NORTH^MR\r`;
const result = (patient: string, born = '19700101', second = ''): string =>
  oru({ controlId: 'R', patient, observations: [potassium('4')] })
    .replace('19700101', born)
    .replace(`${patient}^^^NORTH^MR`, `${patient}^^^NORTH^MR${second}`);

describe('the identity service', () => {
  let folder: string;
  let engine: Engine;
  const clock = new ManualClock(T0);
  let asked: string[] = [];
  let messages = 0;
  const file = {
    kind: 'patient-identity',
    format: 1,
    name: 'identity',
    owner: { name: 'Test', contact: 't@example.org' },
    compare: ['birthDate'],
    findBy: ['family', 'birthDate'],
    unsure: 'continue',
  };
  const rules = readIdentityFile(file, new Problems('')) ?? assert.fail('it is not read');

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wardflow-test-'));
    asked = [];
    engine = await createEngine({
      environment: 'staging',
      dataFolder: folder,
      bindings: { feeds: {}, endpoints: {} },
      clock,
      log: silentLog,
      aroundStore(store) {
        const take = store.identities.take.bind(store.identities);
        const counted: typeof take = (id, ...more) => {
          asked.push(id);
          return take(id, ...more);
        };
        return { ...store, identities: { ...store.identities, take: counted } };
      },
    });
    engine.identities.readMergesBy(() => rules);
  });
  afterEach(async () => {
    await engine.stop(0);
    await rm(folder, { recursive: true });
  });

  const about = (text: string, repeated = false): Promise<IdentityFinding> => {
    const id = `m${++messages}`;
    const message = Hl7Message.parse(Buffer.from(text));
    const delivery = { firstAt: clock.now(), repeated };
    return engine.identities.ofHl7(id, message, contextOf(id), rules, { delivery });
  };
  const contextOf = (id: string): EventContext => {
    return { receivedAt: clock.now(), correlationId: id, zone: null, mode: 'live' };
  };
  const askedBy = async (run: () => Promise<unknown>): Promise<number> => {
    const before = asked.length;
    await run();
    return asked.length - before;
  };
  /** New, kept, found: from here on nothing is asked. */
  const know = async (text: string): Promise<void> => {
    await about(text);
    await about(text);
    assert.equal(await askedBy(() => about(text)), 0);
  };

  it('asks nothing of the store about a patient of whom the same was said before', async () => {
    await know(result('A'));
    const two = result('B', '19700102', '~B2^^^SOUTH^MR');
    await know(two);
    const { verdict, former } = await about(two);
    assert.equal(verdict, 'matched');
    assert.equal(Object.values(former).flat().length, 1, 'with the other number');
    assert.equal(await askedBy(() => about(result('A', '19700103'))), 1, 'something else is said');
    assert.equal(await askedBy(() => about(result('A'), true)), 1, 'a redelivery');
    clock.advance(15 * 60_000);
    assert.equal(await askedBy(() => about(two)), 1, 'is kept as long as what says it');
  });

  it('hears of a merge as soon as its message is accepted, before that is answered', async () => {
    await know(result('A'));
    const message = Hl7Message.parse(Buffer.from(merge('A', 'Z')));
    const identity = engine.identities.mergeIn(message, contextOf('merge')) ?? assert.fail('it says nothing');
    const accepted = newMessage({ type: 'ADT^A40', receivedAt: clock.now(), identity });
    const commit = engine.store.journal.accept(accepted, [newWork(accepted)], WINDOW);
    const { survivors } = await about(result('A'));
    assert.equal(Object.keys(survivors).length, 1);
    await commit;
    await know(result('A'));
    assert.deepEqual((await about(result('A'))).survivors, survivors);
  });

  it('hears of a merge that a message brings which nobody read as it arrived, and of one that is taken back', async () => {
    await know(result('A'));
    assert.equal((await about(merge('A', 'Z'))).changed.length, 2);
    const { survivors } = await about(result('A'));
    assert.equal(Object.keys(survivors).length, 1);
    await know(result('A'));
    const [link] = await engine.store.identities.links({});
    await engine.identities.undo(link?.id ?? '', link?.version ?? 0, BY);
    assert.deepEqual((await about(result('A'))).survivors, {});
  });

  it('hears of a number that somebody has besides, of a question that is asked, and of its answer', async () => {
    await know(result('A'));
    await about(result('A', '19700101', '~A2^^^SOUTH^MR'));
    assert.equal(Object.values((await about(result('A'))).former).flat().length, 1);
    await know(result('A'));
    assert.equal((await about(result('D'))).verdict, 'review', 'the same name and date of birth');
    assert.equal((await about(result('A'))).verdict, 'review');
    const [question] = await engine.store.identities.questions({});
    await engine.identities.answer(question?.id ?? '', question?.version ?? 0, { same: true }, BY);
    await know(result('D'));
    assert.equal(Object.values((await about(result('A'))).former).flat().length, 2);
  });

  it('takes a message that is no merge for none, and fails over none that cannot be read', () => {
    const message = Hl7Message.parse(Buffer.from(result('A')));
    assert.equal(engine.identities.mergeIn(message, contextOf('m')), undefined);
    engine.identities.readMergesBy(() => undefined);
    const merged = Hl7Message.parse(Buffer.from(merge('A', 'Z')));
    assert.equal(engine.identities.mergeIn(merged, contextOf('m')), undefined, 'nothing says how');
    engine.identities.readMergesBy(() => ({ ...rules, isIdentifying: () => assert.fail('not readable') }));
    assert.equal(engine.identities.mergeIn(merged, contextOf('m')), undefined);
  });
});
