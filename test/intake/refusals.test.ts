import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import { createLog, type FeedRefusals, type IntakeOptions, type Journal, type Log } from '../../engine/index.ts';
import { storeErrors } from '../../engine/store/sqlite/errors.ts';
import { eventually } from '../kit/eventually.ts';
import { oru, potassium } from '../kit/hl7-messages.ts';
import { IntakeBench } from '../kit/intake-bench.ts';

const result = (controlId: string): string => oru({ controlId, patient: 'MRN1', observations: [potassium('4.1')] });
const NONE: FeedRefusals = {
  notKept: 0,
  backlogFull: 0,
  stopped: 0,
  unfinished: 0,
  junk: 0,
  connections: 0,
  handshakes: 0,
};

describe('what a feed turned away', () => {
  let bench: IntakeBench;
  afterEach(() => bench.stop());

  const refused = (): FeedRefusals | undefined => bench.intake.status()[0]?.refused;
  const start = async (more: Partial<IntakeOptions> = {}): Promise<void> => {
    bench = await IntakeBench.start(more);
    assert.deepEqual(refused(), NONE);
  };
  const counted = (expected: Partial<FeedRefusals>): Promise<void> =>
    eventually(`refused: ${JSON.stringify(expected)}`, () => {
      const now = refused();
      return (
        now !== undefined && Object.entries({ ...NONE, ...expected }).every(([kind, n]) => now[kind as 'junk'] === n)
      );
    });

  it('is counted where the journal could not keep it, and said once in a while', async () => {
    let full = true;
    const lines: Record<string, unknown>[] = [];
    const log: Log = createLog('info', { write: (line: string) => void lines.push(JSON.parse(line) as never) });
    const place = await IntakeBench.start();
    const journal: Journal = {
      ...place.store.journal,
      accept: (...request) =>
        full
          ? Promise.reject(storeErrors.create('store-disk-full', { path: 'x' }))
          : place.store.journal.accept(...request),
    };
    await start({ store: { journal, ordered: true }, log, withholdMs: 5000 });
    for (let i = 0; i < 5; i++) (await bench.connect()).frame(result(`C${i}`));
    await counted({ notKept: 5 });
    bench.clock.advance(10_000);
    (await bench.connect()).frame(result('C6'));
    await counted({ notKept: 6 });
    const said = lines.filter(({ code }) => code === 'intake-journal-failed').map(({ count, error }) => [count, error]);
    assert.deepEqual(said, [
      [1, 'store-disk-full'],
      [5, 'store-disk-full'],
    ]);
    full = false;
    const peer = await bench.connect();
    peer.frame(result('C7'));
    await peer.wait(1);
    await counted({ notKept: 6 });
    await place.stop();
  });

  it('is counted where an operator has stopped the feed', async () => {
    await start({ stopped: () => ({ mode: 'refuse', reason: 'maintenance' }) });
    const peer = await bench.connect();
    peer.frame(result('C1'));
    await peer.wait(1);
    assert.deepEqual(refused(), { ...NONE, stopped: 1 });
  });

  it('is counted where a frame does not end in the time that is set', async () => {
    await start({ mllp: { frameMs: 7000 } });
    const peer = await bench.connect();
    peer.write(Buffer.of(0x0b), 'MSH|');
    peer.frame(result('C1'));
    await peer.wait(2);
    peer.write(Buffer.of(0x0b), 'MSH|');
    await eventually('the frame has begun', () => {
      bench.clock.advance(1000);
      return refused()?.unfinished === 1;
    });
    await peer.ended();
  });

  it('is counted where unfinished frames take more memory than is set', async () => {
    await start({ mllp: { maxPendingBytes: 100_000 } });
    const peer = await bench.connect();
    peer.write(Buffer.of(0x0b), Buffer.alloc(200_000, 'x'));
    await peer.ended();
    await counted({ unfinished: 1 });
  });

  it('is counted where bytes lie outside any frame', async () => {
    await start();
    const peer = await bench.connect();
    peer.write('GET / HTTP/1.1');
    peer.frame(result('C1'));
    await peer.wait(1);
    assert.deepEqual(refused(), { ...NONE, junk: 1 });
  });

  it('is counted where one address has more connections than is set', async () => {
    await start({ mllp: { maxPerAddress: 1 } });
    const known = await bench.connect();
    known.frame(result('C1'));
    await known.wait(1);
    const other = await bench.connect();
    await other.ended();
    await counted({ connections: 1 });
  });

  it('is counted where it waited too long for room in the backlog', async () => {
    const place = await IntakeBench.start();
    const counts = async (): ReturnType<Journal['counts']> => ({
      ...(await place.store.journal.counts()),
      accepted: 9,
    });
    await start({ backlogLimit: 1, store: { journal: { ...place.store.journal, counts }, ordered: true } });
    const peer = await bench.connect();
    peer.frame(result('C1'));
    await peer.wait(1);
    await eventually('the feed is full', () => bench.intake.status()[0]?.withholding === true);
    peer.frame(result('C2'));
    await eventually('it has waited long enough', () => {
      bench.clock.advance(1000);
      return refused()?.backlogFull === 1;
    });
    assert.deepEqual(refused(), { ...NONE, backlogFull: 1 });
    assert.equal(peer.answers.length, 1);
    await place.stop();
  });
});
