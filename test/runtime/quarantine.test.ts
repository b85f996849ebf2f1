import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { adt } from '../kit/hl7-messages.ts';
import { ends, frame, node, usePalette } from '../kit/palette-runtime.ts';
import { newMessage } from '../kit/store-builders.ts';

const BY = { actor: 'user:ana', reason: 'this version reads more' };

describe('a frame in quarantine', () => {
  const runtime = usePalette(async () => ({}));
  const deploy = (): Promise<unknown> =>
    runtime.deploy({
      flow: [
        ...frame('note'),
        node('note', 'audit log', { text: 'payload.controlId', textKind: 'jsonata', finish: true }),
      ],
    });
  /** Readable today; an earlier version could not read it. */
  const left = async (id: string, controlId: string, code = 'hl7-bad-delimiters'): Promise<string> => {
    const bytes = Buffer.from(adt('A03', controlId, controlId));
    const quarantine = { code, text: 'It could not be read.' };
    const message = newMessage({ id, feed: 'hospital', bytes, controlId: null, quarantine });
    assert.equal((await runtime.engine.store.journal.accept(message, [], 0)).kind, 'quarantined');
    return id;
  };

  it('is read again by the code and settings of now, once, and says from and to what', async () => {
    await deploy();
    const id = await left('OLD1', 'Q1');
    assert.deepEqual(await runtime.engine.intake.reread(id, { ...BY, dryRun: true }), { kind: 'accepted', id: null });
    const read = await runtime.engine.intake.reread(id, BY);
    assert.equal(read.kind, 'accepted');
    const newId = 'id' in read ? (read.id ?? '') : '';
    assert.deepEqual(ends({ id: newId, work: await runtime.settled(newId) }), ['done']);
    const { journal, audit } = runtime.engine.store;
    const [before, after] = [await journal.get(id), await journal.get(newId)];
    assert.deepEqual([before?.state, after?.state, after?.controlId], ['discarded', 'done', 'Q1']);
    assert.equal(after?.connection, `read-again:${id}`);
    assert.deepEqual(await journal.bytes(newId), await journal.bytes(id));
    const [record] = await audit.list({ messageId: id, type: 'message.reread' });
    assert.deepEqual([record?.actor, record?.reason, record?.details['as']], [BY.actor, BY.reason, newId]);
    assert.deepEqual(await runtime.engine.intake.reread(id, BY), { kind: 'not-quarantined' });
  });

  it('stays where it cannot be read now either', async () => {
    await deploy();
    const id = await runtime.send('no message at all');
    const still = await runtime.engine.intake.reread(id, BY);
    assert.equal(still.kind, 'unreadable');
    assert.equal((await runtime.engine.store.journal.get(id))?.state, 'quarantined');
  });

  it('makes no second work where the same came twice', async () => {
    await deploy();
    const ids = [await left('OLD2', 'Q2'), await left('OLD3', 'Q2')];
    const kinds: string[] = [];
    for (const id of ids) kinds.push((await runtime.engine.intake.reread(id, BY)).kind);
    assert.deepEqual(kinds, ['accepted', 'resend']);
  });

  it('makes no second work where the same came twice, however short the time in which that is a resend', async () => {
    const [feed, ...rest] = frame('done');
    await runtime.deploy({ flow: [{ ...feed, resendWindowDays: 0 }, ...rest] });
    const ids = [await left('OLD6', 'Q6'), await left('OLD7', 'Q6')];
    const kinds: string[] = [];
    for (const id of ids) {
      kinds.push((await runtime.engine.intake.reread(id, BY)).kind);
      runtime.clock.advance(1000);
    }
    assert.deepEqual(kinds, ['accepted', 'resend']);
  });

  it('is not read while an operator has stopped its feed, however that is done', async () => {
    await deploy();
    const id = await left('OLD8', 'Q8');
    for (const mode of ['hold', 'refuse', 'close'] as const) {
      const stop = { kind: 'feed', name: 'hospital', mode, actor: 'user:ana', reason: 'it is being moved' } as const;
      const held = await runtime.engine.controls.set(stop);
      const refused = { kind: 'feed-stopped', feed: 'hospital', reason: 'it is being moved' };
      assert.deepEqual(await runtime.engine.intake.reread(id, BY), refused, mode);
      assert.deepEqual(await runtime.engine.intake.reread(id, { ...BY, dryRun: true }), refused, mode);
      await runtime.engine.controls.clear(held.id, { actor: 'user:ana' });
    }
    assert.equal((await runtime.engine.store.journal.get(id))?.state, 'quarantined');
    assert.equal((await runtime.engine.intake.reread(id, BY)).kind, 'accepted');
  });

  it('is not read where only a part of it came, and not without its feed', async () => {
    await deploy();
    const cut = await left('OLD4', 'Q4', 'mllp-frame-unterminated');
    assert.deepEqual(await runtime.engine.intake.reread(cut, BY), { kind: 'cut' });
    assert.deepEqual(await runtime.engine.intake.reread('none', BY), { kind: 'unknown' });
    const id = await left('OLD5', 'Q5');
    await runtime.deploy({ flow: [] });
    assert.deepEqual(await runtime.engine.intake.reread(id, BY), { kind: 'no-feed', feed: 'hospital' });
  });
});
