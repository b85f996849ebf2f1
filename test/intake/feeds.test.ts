import assert from 'node:assert/strict';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterEach, describe, it } from 'mocha';
import { eventually } from '../kit/eventually.ts';
import { adt } from '../kit/hl7-messages.ts';
import { feedSettings, IntakeBench, subscription } from '../kit/intake-bench.ts';

const listening = async (): Promise<{ server: Server; port: number }> => {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return { server, port: (server.address() as AddressInfo).port };
};
const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
  });
const at = (port: number): { listen: { host: string; port: number } } => ({ listen: { host: '127.0.0.1', port } });

describe('the feeds', () => {
  let bench: IntakeBench;
  afterEach(() => bench.stop());

  it('listen nowhere before they are configured, and say where afterwards', async () => {
    bench = await IntakeBench.start({}, []);
    assert.deepEqual(bench.intake.status(), []);
    await bench.intake.configure([feedSettings()], []);
    const [status] = bench.intake.status();
    assert.equal(status?.state, 'listening');
    assert.ok((status.port ?? 0) > 0);
    assert.equal(status.lastMessageAt, null);
  });

  it('keep their sockets and connections when nothing moved, under the new settings at once', async () => {
    bench = await IntakeBench.start({}, [feedSettings()], [subscription('one/in')]);
    const peer = await bench.connect();
    const port = bench.port();
    peer.frame(adt('A08', 'C1', 'MRN1'));
    await peer.wait(1);
    await bench.intake.configure([feedSettings({ lane: 'bulk' })], [subscription('two/in')]);
    assert.equal(bench.port(), port);
    peer.frame(adt('A08', 'C2', 'MRN1'));
    await peer.wait(2);
    const [second] = await bench.store.journal.list({});
    const [work] = await bench.store.work.ofMessage(second?.id ?? '');
    assert.deepEqual([work?.subscription, work?.lane], ['two/in', 'bulk']);
    const [status] = bench.intake.status();
    assert.equal(status?.connections, 1);
    assert.equal(status.lastMessageAt, bench.clock.now());
  });

  it('close when they are taken out, and refuse nothing of what was under way', async () => {
    bench = await IntakeBench.start();
    const peer = await bench.connect();
    peer.frame(adt('A08', 'C1', 'MRN1'));
    await peer.wait(1);
    await bench.intake.configure([], []);
    await peer.ended();
    assert.deepEqual(bench.intake.status(), []);
  });

  it('without a binding are unbound, and the others listen', async () => {
    bench = await IntakeBench.start({}, [feedSettings(), feedSettings({ name: 'pharmacy' })]);
    assert.deepEqual(
      bench.intake.status().map(({ name, state, port }) => [name, state, port === null]),
      [
        ['hospital', 'listening', false],
        ['pharmacy', 'unbound', true],
      ],
    );
  });

  it('on a taken port are failed with a reason and a remedy, and listen once it is free', async () => {
    const { server, port } = await listening();
    bench = await IntakeBench.start({ bindings: { hospital: at(port) } });
    const [status] = bench.intake.status();
    assert.deepEqual([status?.state, status?.error?.code, status?.port], ['failed', 'mllp-port-taken', port]);
    assert.match(status?.error?.text ?? '', new RegExp(`${port}.*bindings\\.json`));
    await closed(server);
    bench.clock.advance(1000);
    await eventually('it listens', () => bench.intake.status()[0]?.state === 'listening');
    const peer = await bench.connect();
    peer.frame(adt('A08', 'C1', 'MRN1'));
    await peer.wait(1);
  });

  it('wait longer from try to try for a port that stays taken', async () => {
    const { server, port } = await listening();
    bench = await IntakeBench.start({ bindings: { hospital: at(port) } });
    const tries = (): number => bench.changes.filter(({ kind }) => kind === 'feed').length;
    const settled = async (by: number, expected: number): Promise<void> => {
      const before = tries();
      bench.clock.advance(by);
      await eventually('it tried', () => tries() >= before + expected);
      // A try too many would be told within a few turns of the loop: the port is refused at once.
      for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
      assert.equal(tries(), before + expected);
    };
    await settled(1000, 1);
    await settled(1999, 0);
    await settled(1, 1);
    await settled(3999, 0);
    await settled(1, 1);
    await closed(server);
  });

  it('that are taken out while their port is taken are not tried again', async () => {
    const { server, port } = await listening();
    bench = await IntakeBench.start({ bindings: { hospital: at(port) } });
    await bench.intake.configure([], []);
    await closed(server);
    bench.clock.advance(60_000);
    const free = createServer();
    await new Promise<void>((resolve) => {
      free.listen(port, '127.0.0.1', resolve);
    });
    await closed(free);
    assert.deepEqual(bench.intake.status(), []);
  });

  it('do not share a port: the second says whose it is', async () => {
    const { server, port } = await listening();
    await closed(server);
    bench = await IntakeBench.start({ bindings: { hospital: at(port), pharmacy: at(port) } }, [
      feedSettings(),
      feedSettings({ name: 'pharmacy' }),
    ]);
    const [first, second] = bench.intake.status();
    assert.equal(first?.state, 'listening');
    assert.deepEqual([second?.state, second?.error?.code], ['failed', 'intake-port-shared']);
    assert.match(second?.error?.text ?? '', /hospital/);
  });

  it('with a path that is none for their order stay closed, and say which', async () => {
    bench = await IntakeBench.start({}, [feedSettings({ orderingPath: ['PID-3.1', 'PID.3'] })]);
    const [status] = bench.intake.status();
    assert.deepEqual([status?.state, status?.error?.code], ['failed', 'intake-bad-ordering-path']);
    assert.match(status?.error?.text ?? '', /PID\.3/);
  });

  it('move to another place when their binding does', async () => {
    const bindings: Record<string, { listen: { host: string; port: number } }> = { hospital: at(0) };
    bench = await IntakeBench.start({ bindings });
    const peer = await bench.connect();
    const { server, port } = await listening();
    await closed(server);
    bindings['hospital'] = at(port);
    await bench.intake.configure([feedSettings()], []);
    await peer.ended();
    assert.equal(bench.port(), port);
  });

  it('know when they last had a message, from an earlier life too', async () => {
    bench = await IntakeBench.start();
    const peer = await bench.connect();
    peer.frame(adt('A08', 'C1', 'MRN1'));
    await peer.wait(1);
    const second = await IntakeBench.start({ store: bench.store });
    assert.equal(second.intake.status()[0]?.lastMessageAt, bench.clock.now());
    await second.stop();
  });
});
