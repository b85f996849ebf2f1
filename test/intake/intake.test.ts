import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { Hl7Message, type Journal } from '../../engine/index.ts';
import { eventually } from '../kit/eventually.ts';
import { adt, oru, potassium } from '../kit/hl7-messages.ts';
import { IntakeBench, feedSettings, subscription } from '../kit/intake-bench.ts';

const result = (controlId: string, patient = 'MRN4711'): string =>
  oru({ controlId, patient, observations: [potassium('6.9', 'HH')] });
const msa = (answer: string | undefined): readonly string[] => {
  const message = Hl7Message.parse(answer ?? '');
  return [message.get('MSA-1'), message.raw('MSA-2'), message.get('MSA-3')];
};

describe('a frame', () => {
  let bench: IntakeBench;

  beforeEach(async () => {
    bench = await IntakeBench.start(
      {},
      [feedSettings()],
      [
        subscription('critical/labs', ['ORU^R01']),
        subscription('archive/all'),
        subscription('discharge/adt', ['ADT^A03']),
      ],
    );
  });
  afterEach(() => bench.stop());

  it('is journalled byte for byte, with one work item for each subscription that wants it, and then accepted', async () => {
    const peer = await bench.connect();
    const sent = Buffer.concat([Buffer.from(result('C1').trimEnd()), Buffer.of(0xff, 0xfe)]);
    peer.frame(sent);
    assert.deepEqual(msa((await peer.wait(1))[0]), ['AA', 'C1', '']);
    const [entry] = await bench.store.journal.list({});
    assert.equal(entry?.state, 'accepted');
    assert.equal(entry.controlId, 'C1');
    assert.equal(entry.type, 'ORU^R01');
    assert.equal(entry.sender, 'LAB|NORTH');
    assert.equal(entry.patientHint, 'A.E. …711');
    assert.deepEqual(Buffer.from((await bench.store.journal.bytes(entry.id)) ?? []), sent);
    const work = await bench.store.work.ofMessage(entry.id);
    assert.deepEqual(work.map(({ subscription, lane, state }) => `${subscription} ${lane} ${state}`).toSorted(), [
      'archive/all urgent waiting',
      'critical/labs urgent waiting',
    ]);
    assert.equal(bench.wakes, 1);
    const stored = await bench.store.journal.get(entry.id);
    assert.equal(stored?.bodyHash, createHash('sha256').update(sent).digest('hex'));
    assert.match(stored.traceparent, /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  });

  it('is found by its patient, its orders and its visit', async () => {
    const peer = await bench.connect();
    peer.frame(result('C1'));
    await peer.wait(1);
    const keys = [
      ['patient', 'MRN4711'],
      ['order', 'PC1'],
      ['order', 'FC1'],
      ['visit', 'VMRN4711'],
    ] as const;
    for (const [kind, value] of keys) {
      assert.equal((await bench.store.journal.list({ key: { kind, value } })).length, 1, kind);
    }
    assert.equal((await bench.store.journal.list({ key: { kind: 'patient', value: 'C1' } })).length, 0);
  });

  it('notes that its answer has left', async () => {
    const peer = await bench.connect();
    peer.frame(result('C1'));
    await peer.wait(1);
    const [entry] = await bench.store.journal.list({});
    await eventually('the answer is noted', async () => {
      const stored = await bench.store.journal.get(entry?.id ?? '');
      return stored?.answeredAt === bench.clock.now();
    });
  });

  it('that comes again gets the first answer again, and no second work', async () => {
    const peer = await bench.connect();
    peer.frame(result('C1'));
    await peer.wait(1);
    bench.clock.advance(6 * 86_400_000);
    const later = await bench.connect();
    later.frame(result('C1'));
    assert.deepEqual(await later.wait(1), await peer.wait(1));
    const [again, original] = await bench.store.journal.list({});
    assert.equal(again?.state, 'resend');
    assert.equal((await bench.store.work.ofMessage(again.id)).length, 0);
    assert.equal((await bench.store.work.ofMessage(original?.id ?? '')).length, 2);
  });

  it('that comes again after the window, or with another body, is a message of its own', async () => {
    const peer = await bench.connect();
    peer.frame(result('C1', 'MRN1'));
    peer.frame(result('C1', 'MRN2'));
    await peer.wait(2);
    bench.clock.advance(8 * 86_400_000);
    const later = await bench.connect();
    later.frame(result('C1', 'MRN1'));
    await later.wait(1);
    const states = (await bench.store.journal.list({})).map(({ state }) => state);
    assert.deepEqual(states, ['accepted', 'accepted', 'accepted']);
  });

  it('without a readable MSH is answered AE with a reason, naming nothing, and quarantined', async () => {
    const peer = await bench.connect();
    const bad = ['hello', '', 'PID|1\rMSH|^~\\&|', 'FHS|^~\\&|A\rMSH|^~\\&|A||||||ADT^A01|1\r', 'MSH'];
    for (const content of bad) peer.frame(content);
    const answers = (await peer.wait(bad.length)).map(msa);
    for (const [code, control, text] of answers) {
      assert.deepEqual([code, control], ['AE', '']);
      assert.ok((text ?? '').length > 10);
    }
    const entries = await bench.store.journal.list({});
    assert.deepEqual(
      entries.map(({ state, reason }) => [state, reason?.code]),
      ['hl7-bad-delimiters', 'hl7-batch', 'hl7-no-msh', 'hl7-no-msh', 'hl7-no-msh'].map((code) => [
        'quarantined',
        code,
      ]),
    );
    assert.equal((await bench.store.work.counts()).waiting, 0);
    assert.equal(bench.wakes, 0);
  });

  it('without a control id is answered AE and quarantined, with its bytes kept', async () => {
    const peer = await bench.connect();
    const text = result('C1').replace('|C1|P|', '||P|');
    peer.frame(text);
    assert.deepEqual(msa((await peer.wait(1))[0]).slice(0, 2), ['AE', '']);
    const [entry] = await bench.store.journal.list({});
    assert.deepEqual(
      [entry?.state, entry?.reason?.code, entry?.type],
      ['quarantined', 'intake-no-control-id', 'ORU^R01'],
    );
    assert.equal(Buffer.from((await bench.store.journal.bytes(entry?.id ?? '')) ?? []).toString(), text);
  });

  it('without a trigger in MSH-9 is accepted under its own name', async () => {
    const peer = await bench.connect();
    peer.frame('MSH|^~\\&|LAB|NORTH|||20260105||ORU|C9|P|2.1\rPID|1\r');
    assert.deepEqual(msa((await peer.wait(1))[0]), ['AA', 'C9', '']);
    const [entry] = await bench.store.journal.list({});
    assert.deepEqual([entry?.type, entry?.state], ['ORU', 'accepted']);
    assert.deepEqual(
      (await bench.store.work.ofMessage(entry?.id ?? '')).map((work) => work.subscription),
      ['archive/all'],
    );
  });

  it('over the limit, or never ended, is quarantined with its head, answered by name, and costs its neighbours nothing', async () => {
    const small = await IntakeBench.start({ maxFrameBytes: 2000 });
    try {
      const peer = await small.connect();
      peer.write('\x0b', result('CUT').slice(0, 150));
      peer.frame(result('GOOD1'));
      peer.frame(`${result('LARGE')}NTE|1||${'x'.repeat(5000)}\r`);
      peer.frame(result('GOOD2'));
      const answers = (await peer.wait(4)).map((answer) => msa(answer).slice(0, 2));
      assert.deepEqual(answers, [
        ['AE', 'CUT'],
        ['AA', 'GOOD1'],
        ['AE', 'LARGE'],
        ['AA', 'GOOD2'],
      ]);
      const entries = await small.store.journal.list({ states: ['quarantined'] });
      assert.deepEqual(
        entries.map(({ reason, controlId }) => [reason?.code, controlId]),
        [
          ['mllp-frame-too-large', 'LARGE'],
          ['mllp-frame-unterminated', 'CUT'],
        ],
      );
    } finally {
      await small.stop();
    }
  });

  it('is told to whoever watches, by its id alone', async () => {
    const peer = await bench.connect();
    peer.frame(result('CONTROL-1'));
    await peer.wait(1);
    const [entry] = await bench.store.journal.list({});
    assert.ok(bench.changes.some((change) => change.kind === 'message' && change.id === entry?.id));
    assert.doesNotMatch(JSON.stringify(bench.changes), /CONTROL|MRN/);
  });
});

describe('the order of work', () => {
  it('is kept for each patient and subscription under a key that tells nobody who it is', async () => {
    const bench = await IntakeBench.start({}, [feedSettings()], [subscription('one/in'), subscription('two/in')]);
    try {
      const peer = await bench.connect();
      for (const [id, patient] of [
        ['C1', 'MRN1'],
        ['C2', 'MRN1'],
        ['C3', 'MRN2'],
        ['C4', ''],
      ] as const) {
        peer.frame(adt('A08', id, patient));
      }
      await peer.wait(4);
      const now = bench.clock.now();
      const claimed = await bench.store.work.claim([
        { subscription: 'one/in', limit: 10, owner: 'test', now, leaseUntil: now + 1000 },
        { subscription: 'two/in', limit: 10, owner: 'test', now, leaseUntil: now + 1000 },
      ]);
      const key = (control: string, id: string): string | null | undefined =>
        claimed.find(({ message, subscription }) => message.controlId === control && subscription === id)?.orderingKey;
      assert.equal(key('C2', 'one/in'), undefined, 'waits for the one before it');
      assert.match(key('C1', 'one/in') ?? '', /^[0-9a-f]{64}$/);
      assert.notEqual(key('C1', 'one/in'), key('C3', 'one/in'));
      assert.match(key('C1', 'two/in') ?? '', /^[0-9a-f]{64}$/);
      assert.notEqual(key('C1', 'one/in'), key('C1', 'two/in'));
      assert.equal(key('C4', 'one/in'), null);
    } finally {
      await bench.stop();
    }
  });

  it('takes the first path that has a value', async () => {
    const feed = feedSettings({ orderingPath: ['PV1-50.1', 'PV1-19.1', 'PID-3.1'] });
    const bench = await IntakeBench.start({}, [feed], [subscription('one/in')]);
    try {
      const peer = await bench.connect();
      peer.frame(adt('A08', 'C1', 'MRN1'));
      peer.frame(adt('A08', 'C2', 'MRN2').replace('|VMRN2|', '|VMRN1|'));
      await peer.wait(2);
      const now = bench.clock.now();
      const claimed = await bench.store.work.claim([
        { subscription: 'one/in', limit: 10, owner: 'test', now, leaseUntil: now + 1000 },
      ]);
      assert.deepEqual(
        claimed.map(({ message }) => message.controlId),
        ['C1'],
      );
    } finally {
      await bench.stop();
    }
  });
});

describe('while the journal fails', () => {
  it('no answer is given, the connection closes after a while, and what comes later is taken again', async () => {
    let failing = true;
    const bench = await IntakeBench.start({ withholdMs: 5000 });
    const journal: Journal = Object.assign(Object.create(bench.store.journal) as Journal, {
      accept: (...args: Parameters<Journal['accept']>) =>
        failing ? Promise.reject(new Error('disk full')) : bench.store.journal.accept(...args),
    });
    const other = await IntakeBench.start({ withholdMs: 5000, store: { journal, ordered: true } });
    try {
      const peer = await other.connect();
      peer.frame(result('C1'));
      await eventually('the connection is closed', () => {
        other.clock.advance(5000);
        return peer.closed;
      });
      assert.deepEqual(peer.answers, []);
      failing = false;
      const again = await other.connect();
      again.frame(result('C1'));
      assert.deepEqual(msa((await again.wait(1))[0]), ['AA', 'C1', '']);
      assert.equal((await bench.store.journal.list({})).length, 1);
    } finally {
      await other.stop();
      await bench.stop();
    }
  });
});
