import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, it } from 'mocha';
import { Hl7Message, type AckCondition } from '../../engine/index.ts';
import { ANSWER_MS, EnhancedBench, enhancedOru, said, type EnhancedBenchOptions } from '../kit/enhanced-bench.ts';
import { eventually } from '../kit/eventually.ts';
import { DONE, failedAs } from '../kit/recording-source.ts';
import { auditEntry } from '../kit/store-builders.ts';

describe('enhanced mode', () => {
  let bench: EnhancedBench | undefined;
  afterEach(async () => {
    await bench?.stop();
    bench = undefined;
  });
  /** Several turns and a round trip to the store: what was to come unasked would have come. */
  const quiet = async (): Promise<void> => {
    for (let n = 0; n < 20; n++) await turn();
    await bench?.engine.store.journal.counts();
    for (let n = 0; n < 20; n++) await turn();
  };
  const start = async (options: EnhancedBenchOptions = {}): Promise<EnhancedBench> => {
    bench = await EnhancedBench.start(options);
    return bench;
  };

  describe('answers as MSH-15 and MSH-16 ask', function () {
    this.timeout(60_000);
    const asked: readonly (AckCondition | '' | '""' | 'xx' | 'al')[] = ['', '""', 'AL', 'NE', 'ER', 'SU', 'xx', 'al'];
    const wants = (condition: string, outcome: 'good' | 'bad'): boolean => {
      if (condition === '' || condition === '""' || condition === 'NE') return false;
      if (condition === 'ER') return outcome === 'bad';
      return condition === 'SU' ? outcome === 'good' : true;
    };
    const isOriginal = (accept: string, application: string): boolean =>
      [accept, application].every((one) => one === '' || one === '""');

    for (const [outcome, code] of [
      ['good', 'AA'],
      ['bad', 'AE'],
      ['bad', 'AR'],
    ] as const)
      it(`where the flow answers ${code}`, async () => {
        const { connect, answer, source, engine } = await start();
        source().onDeliver = (work) => {
          if (work.message.controlId?.startsWith('Z')) void engine.dispatcher.finish(work, DONE);
        };
        for (const [a, accept] of asked.entries())
          for (const [b, application] of asked.entries()) {
            const id = `C${a}${b}`;
            const peer = await connect();
            peer.frame(enhancedOru(id, accept, application));
            const made = await answer(id, { code });
            const expected = isOriginal(accept, application)
              ? [`AA ${id}`]
              : [
                  ...(wants(accept, 'good') ? [`CA ${id}`] : []),
                  ...(wants(application, outcome) ? [`${code} ${id}`] : []),
                ];
            await peer.wait(expected.length);
            // Behind everything that was to come for the first.
            peer.frame(enhancedOru(`Z${id}`, 'AL', 'NE'));
            await peer.wait(expected.length + 1);
            assert.deepEqual(said(peer.answers), [...expected, `CA Z${id}`], `${accept} and ${application}`);
            const owed = application !== 'NE' && !isOriginal(accept, application) && !/^("")?$/.test(application);
            assert.equal(made.kind, !owed ? 'not-owed' : wants(application, outcome) ? 'made' : 'unwanted');
            peer.close();
          }
      });

    it('where the message goes to quarantine: CE, or AE where only that is asked for', async () => {
      const { connect } = await start();
      for (const accept of asked)
        for (const application of asked) {
          const peer = await connect();
          // No MSH-10.
          peer.frame(enhancedOru('', accept, application));
          const original = isOriginal(accept, application);
          const code = original ? 'AE' : wants(accept, 'bad') ? 'CE' : wants(application, 'bad') ? 'AE' : null;
          peer.frame(enhancedOru('Z', 'AL', 'NE'));
          await peer.wait(code === null ? 1 : 2);
          assert.deepEqual(
            said(peer.answers).map((one) => one.trim()),
            [...(code === null ? [] : [code]), 'CA Z'],
            `${accept} and ${application}`,
          );
          if (code !== null) assert.match(Hl7Message.parse(peer.answers[0] ?? '').get('MSA-3'), /MSH-10/);
          peer.close();
        }
    });

    it('where an operator refuses the feed: CR, AR where only that is asked for, and never silence', async () => {
      const { connect, engine } = await start();
      const now = engine.clock.now();
      await engine.controls.set({
        kind: 'feed',
        name: 'hospital',
        mode: 'refuse',
        reason: 'upgrade',
        actor: 'user:op',
        until: null,
        from: now,
      });
      for (const [accept, application, expected] of [
        ['', '', 'AE'],
        ['AL', 'AL', 'CR'],
        ['ER', 'NE', 'CR'],
        ['SU', 'AL', 'AR'],
        ['NE', 'ER', 'AR'],
      ] as const) {
        const peer = await connect();
        peer.frame(enhancedOru('R1', accept, application));
        assert.deepEqual(said(await peer.wait(1)), [`${expected} R1`]);
        assert.match(Hl7Message.parse(peer.answers[0] ?? '').get('MSA-3'), /upgrade/);
        peer.close();
      }
      const peer = await connect();
      peer.frame(enhancedOru('R2', 'NE', 'NE'));
      await eventually('the refusal is counted', () => (engine.intake.status()[0]?.refused.stopped ?? 0) === 6);
      for (let n = 0; n < 10 && !peer.closed; n++) {
        bench?.clock.advance(1000);
        await turn();
      }
      await peer.ended();
      assert.deepEqual(peer.answers, [], 'the connection ends instead');
      assert.equal((await engine.store.journal.counts()).total, 0);
    });

    it('and answers a message that no flow takes by itself', async () => {
      const { connect, becomes } = await start({ types: ['ADT'] });
      const peer = await connect();
      peer.frame(enhancedOru('U1', 'AL', 'AL'));
      assert.deepEqual(said(await peer.wait(2)), ['CA U1', 'AE U1']);
      const answer = Hl7Message.parse(peer.answers[1] ?? '');
      assert.equal(answer.get('ERR-3.1'), '207');
      assert.equal((await becomes('U1', 'delivered')).madeBy, 'unrouted');
    });
  });

  it('leaves a feed in original mode as it was, whatever MSH-15 and MSH-16 say', async () => {
    const { connect, engine, answer, record } = await start({ feed: { enhanced: undefined as never } });
    const peer = await connect();
    peer.frame(enhancedOru('O1', 'NE', 'AL'));
    assert.deepEqual(said(await peer.wait(1)), ['AA O1']);
    assert.deepEqual(await answer('O1'), { kind: 'not-owed' });
    assert.equal(await record('O1'), undefined);
    assert.deepEqual(await engine.store.acknowledgements.counts(engine.clock.now()), []);
  });

  it('writes the answers of two pipelined messages as they are made, each whole and behind its own CA', async () => {
    const { connect, answer } = await start();
    const peer = await connect();
    peer.frame(enhancedOru('P1', 'AL', 'AL'));
    peer.frame(enhancedOru('P2', 'AL', 'AL'));
    await peer.wait(2);
    await answer('P2', { text: 'second' });
    await peer.wait(3);
    await answer('P1', {
      code: 'AE',
      text: 'first',
      error: { code: '204', location: 'PID-3[2].4', text: 'Not known' },
    });
    await peer.wait(4);
    assert.deepEqual(said(peer.answers), ['CA P1', 'CA P2', 'AA P2', 'AE P1']);
    const last = Hl7Message.parse(peer.answers[3] ?? '');
    assert.equal(last.raw('ERR-2'), 'PID^1^3^2^4');
    assert.equal(last.raw('ERR-3'), '204^Unknown key identifier^HL70357');
    assert.deepEqual([last.get('MSH-3'), last.get('MSH-5'), last.get('MSH-15')], ['WARDFLOW', 'LAB', 'NE']);
  });

  it('lets the first answer count, of two flows and of a redelivery', async () => {
    const { connect, answer, source, engine } = await start();
    const peer = await connect();
    peer.frame(enhancedOru('F1', 'NE', 'AL'));
    assert.equal((await answer('F1', { code: 'AA' }, false)).kind, 'made');
    const second = await engine.acknowledgements.answer({ work: source().of('F1'), code: 'AE' });
    assert.ok(second.kind === 'made-before' && second.record.code === 'AA');
    await engine.dispatcher.finish(source().of('F1'), DONE);
    assert.deepEqual(said(await peer.wait(1)), ['AA F1']);
    await quiet();
    assert.equal(peer.answers.length, 1);
  });

  it('answers a resend with the accept acknowledgement, and with the answer when that is made', async () => {
    const { connect, answer, becomes } = await start();
    const first = await connect();
    first.frame(enhancedOru('S1', 'AL', 'AL'));
    await first.wait(1);
    const second = await connect();
    second.frame(enhancedOru('S1', 'AL', 'AL'));
    assert.deepEqual(said(await second.wait(1)), ['CA S1'], 'nothing is made yet');
    await answer('S1');
    assert.deepEqual(said(await second.wait(2)), ['CA S1', 'AA S1'], 'it goes where the message came last');
    await becomes('S1', 'delivered');
    assert.equal(first.answers.length, 1);
    first.frame(enhancedOru('S1', 'AL', 'AL'));
    assert.deepEqual(said(await first.wait(3)), ['CA S1', 'CA S1', 'AA S1'], 'delivered, and asked for again');
    const made = (frames: readonly Buffer[]): string => frames.at(-1)?.toString() ?? '';
    assert.equal(made(first.answers), made(second.answers), 'the same bytes');
  });

  it('is not silent on a resend whose sender wants no accept acknowledgement', async () => {
    const { connect, answer } = await start();
    const peer = await connect();
    peer.frame(enhancedOru('N1', 'NE', 'AL'));
    await answer('N1');
    await peer.wait(1);
    peer.frame(enhancedOru('N1', 'NE', 'AL'));
    assert.deepEqual(said(await peer.wait(2)), ['AA N1', 'AA N1']);
  });

  for (const accept of ['AL', 'NE'])
    it(`takes what was kept before by itself for good when it comes again in a batch (MSH-15 ${accept})`, async () => {
      const { connect, answer } = await start({ feed: { batches: 'split' } });
      const alone = await connect();
      const first = enhancedOru('B1', accept, 'AL');
      alone.frame(first);
      await answer('B1');
      await alone.wait(accept === 'AL' ? 2 : 1);
      const peer = await connect();
      peer.frame(`BHS|^~\\&|LAB|NORTH|||20260105||||B77\r${first}${enhancedOru('B2', 'AL', 'AL')}BTS|2\r`);
      assert.deepEqual(said(await peer.wait(1)), ['AA B77']);
    });

  it('answers in the character set of the feed where the message states none', async () => {
    const { connect, answer } = await start({ feed: { fallbackCharset: '8859/1' } });
    const peer = await connect();
    peer.frame(Buffer.from(enhancedOru('H1', 'NE', 'AL').replace('|LAB|', '|Hämatologie|'), 'latin1'));
    await answer('H1', { text: 'geprüft' });
    await peer.wait(1);
    const [given] = peer.answers;
    assert.match(Buffer.from(given ?? '').toString('latin1'), /Hämatologie[^]*geprüft/);
  });

  it('answers a resend with code and control id alone, once retention has taken what the answer held', async () => {
    const { connect, answer, becomes, engine } = await start();
    const peer = await connect();
    peer.frame(enhancedOru('G1', 'NE', 'AL'));
    await answer('G1', { segments: ['PID|1||G1^^^NORTH^MR||Example^Alex'] });
    assert.match((await peer.wait(1))[0]?.toString() ?? '', /Example/);
    await becomes('G1', 'delivered');
    await eventually('its work is done', async () => (await engine.store.work.counts()).done === 1);
    const purged = await engine.store.retention.purge({ bodiesBefore: Infinity, messagesBefore: null, limit: 10 });
    assert.equal(purged.bodies, 1);
    peer.frame(enhancedOru('G1', 'NE', 'AL'));
    const again = (await peer.wait(2))[1]?.toString() ?? '';
    assert.deepEqual(said([Buffer.from(again)]), ['AA G1']);
    assert.match(again, /\|LAB\|NORTH\|/, 'to whom it came from');
    assert.doesNotMatch(again, /Example/);
  });

  it('keeps an answer whose connection has gone until its message comes again', async () => {
    const { connect, answer, becomes, engine } = await start();
    const peer = await connect();
    peer.frame(enhancedOru('L1', 'AL', 'AL'));
    await peer.wait(1);
    peer.close();
    await eventually('the connection is gone', () => engine.intake.status()[0]?.connections === 0);
    await answer('L1');
    assert.equal((await becomes('L1', 'made')).deliveredAt, null);
    assert.deepEqual(await engine.store.acknowledgements.counts(engine.clock.now()), [
      { feed: 'hospital', awaited: 0, overdue: 0, undelivered: 1 },
    ]);
    const again = await connect();
    again.frame(enhancedOru('L1', 'AL', 'AL'));
    assert.deepEqual(said(await again.wait(2)), ['CA L1', 'AA L1']);
    await becomes('L1', 'delivered');
  });

  it('gives an answer up that nobody fetched while its message could come again', async () => {
    const { connect, answer, becomes, engine, clock } = await start();
    const peer = await connect();
    peer.frame(enhancedOru('G1', 'AL', 'AL'));
    await peer.wait(1);
    peer.close();
    await eventually('the connection is gone', () => engine.intake.status()[0]?.connections === 0);
    await answer('G1');
    const { lapseAt } = await becomes('G1', 'made');
    clock.set(lapseAt);
    const { messageId } = await becomes('G1', 'lapsed');
    const [entry] = await engine.store.audit.list({ messageId, type: 'acknowledgement.lapsed', limit: 5 });
    assert.ok(entry);
  });

  it('answers AE at the deadline, says why, and leaves a later answer of the flow aside', async () => {
    const { connect, answer, becomes, engine, clock, taken } = await start();
    const peer = await connect();
    peer.frame(enhancedOru('D1', 'AL', 'AL'));
    await peer.wait(1);
    await taken('D1');
    clock.advance(ANSWER_MS - 1);
    await quiet();
    assert.equal(peer.answers.length, 1);
    clock.advance(1);
    assert.deepEqual(said(await peer.wait(2)), ['CA D1', 'AE D1']);
    const message = Hl7Message.parse(peer.answers[1] ?? '');
    assert.equal(message.raw('ERR-3'), '207^Application internal error^HL70357');
    assert.match(message.get('ERR-8'), /in time/);
    const { madeBy, messageId } = await becomes('D1', 'delivered');
    assert.equal(madeBy, 'deadline');
    const [entry] = await engine.store.audit.list({ messageId, type: 'acknowledgement.made', limit: 5 });
    assert.deepEqual(entry?.details, { code: 'AE', why: 'no flow answered in time' });
    const late = await answer('D1');
    assert.ok(late.kind === 'made-before' && late.record.code === 'AE');
  });

  it('states the error in ERR-1 where the message is of a version before 2.5', async () => {
    const { connect, clock } = await start();
    const peer = await connect();
    peer.frame(enhancedOru('V1', 'NE', 'ER', '2.3'));
    await bench?.taken('V1');
    clock.advance(ANSWER_MS);
    const [answer = ''] = await peer.wait(1);
    const message = Hl7Message.parse(answer);
    assert.equal(message.raw('ERR-1'), '^^^207&Application internal error&HL70357');
    assert.equal(message.get('MSH-12'), '2.3');
  });

  it('answers AE as soon as the work has ended without an answer: done, dead, discarded', async () => {
    const { connect, becomes, engine, source, taken } = await start();
    const peer = await connect();
    for (const id of ['E1', 'E2', 'E3']) peer.frame(enhancedOru(id, 'NE', 'AL'));
    for (const id of ['E1', 'E2', 'E3']) {
      await taken(id);
      if (id === 'E1') await engine.dispatcher.finish(source().of(id), DONE);
      else if (id === 'E2') await engine.dispatcher.finish(source().of(id), failedAs('permanent'));
      else {
        const work = source().of(id);
        await engine.dispatcher.finish(work, failedAs('transient'));
        await quiet();
        assert.equal((await bench?.record(id))?.state, 'awaited', 'it is tried again');
        await engine.store.work.discard(work.id, engine.clock.now(), 'a test', auditEntry('work.discarded'));
        engine.live.publish({ kind: 'message', id: work.messageId });
      }
      assert.equal((await becomes(id, 'delivered')).madeBy, 'ended');
      if (id === 'E2') {
        const [dead] = (await engine.store.work.ofMessage(source().of(id).messageId)).filter(
          ({ state }) => state === 'dead',
        );
        assert.ok(dead);
        await engine.store.work.discard(dead.id, engine.clock.now(), 'a test', auditEntry('work.discarded'));
      }
    }
    assert.deepEqual(said(await peer.wait(3)), ['AE E1', 'AE E2', 'AE E3']);
  });

  it('answers at the deadline, and for what had ended, after a restart; the answer goes with the resend', async () => {
    const { connect, engine, source, taken, clock, becomes } = await start();
    const peer = await connect();
    peer.frame(enhancedOru('X1', 'AL', 'AL'));
    await peer.wait(1);
    await taken('X1');
    assert.equal(source().timesDelivered('X1'), 1);
    await bench?.down();
    void engine;
    clock.advance(ANSWER_MS);
    await bench?.up();
    assert.equal((await becomes('X1', 'made')).madeBy, 'deadline');
    const again = await connect();
    again.frame(enhancedOru('X1', 'AL', 'AL'));
    assert.deepEqual(said(await again.wait(2)), ['CA X1', 'AE X1']);
  });

  it('does not close a connection on which an answer is awaited, and does when it is not', async () => {
    const { connect, answer, clock, engine, taken, becomes } = await start({ mode: { answerMs: 4 * 3_600_000 } });
    const peer = await connect();
    peer.frame(enhancedOru('I1', 'AL', 'AL'));
    await peer.wait(1);
    await taken('I1');
    for (let n = 0; n < 5; n++) {
      clock.advance(31 * 60_000);
      await quiet();
    }
    assert.equal(engine.intake.status()[0]?.connections, 1);
    // It was delivered again meanwhile: its lease has run out.
    await answer('I1', {}, false);
    assert.deepEqual(said(await peer.wait(2)), ['CA I1', 'AA I1']);
    await becomes('I1', 'delivered');
    await eventually('the connection is closed', async () => {
      clock.advance(31 * 60_000);
      await quiet();
      return engine.intake.status()[0]?.connections === 0;
    });
    await peer.ended();
  });

  it('takes an accept acknowledgement for no message and answers none', async () => {
    const { connect, engine } = await start();
    const peer = await connect();
    peer.frame('MSH|^~\\&|LAB|NORTH|WF|S|20260105||ACK^R01^ACK|Q1|P|2.5.1|||AL|AL\rMSA|CA|whatever\r');
    peer.frame(enhancedOru('Q2', 'AL', 'NE'));
    assert.deepEqual(said(await peer.wait(1)), ['CA Q2']);
    assert.equal((await engine.store.journal.counts()).total, 1);
  });
});
