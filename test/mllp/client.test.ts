import assert from 'node:assert/strict';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, describe, it } from 'mocha';
import { connectMllp, frame, WardflowError } from '../../engine/index.ts';

const MESSAGE = Buffer.from('MSH|^~\\&|A|B|||20260310||ORU^R01|C-1|P|2.5.1\r');
const ANSWER = Buffer.from('MSH|^~\\&|W|W|A|B|20260310||ACK|1|P|2.5.1\rMSA|AA|C-1\r');
const stop: (() => void)[] = [];

/** A receiver that does `onBytes` with whatever arrives. */
async function receiver(onBytes: (socket: Socket, bytes: Buffer) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('data', (bytes) => onBytes(socket, bytes));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  stop.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

const code = (expected: string) => (error: unknown) => error instanceof WardflowError && error.code === expected;

describe('the MLLP client', () => {
  afterEach(() => {
    for (const end of stop.splice(0)) end();
  });

  it('frames a message and gives the content of the answer, however TCP cuts it', async () => {
    const arrived: Buffer[] = [];
    const port = await receiver((socket, bytes) => {
      arrived.push(bytes);
      if (!Buffer.concat(arrived).includes(0x1c)) return;
      const answer = frame(ANSWER);
      socket.write(answer.subarray(0, 9), () => socket.write(answer.subarray(9)));
    });
    const client = await connectMllp({ host: '127.0.0.1', port, answerWithinMs: 5_000 });
    stop.push(() => client.close());
    assert.deepEqual(Buffer.from(await client.exchange(MESSAGE)), ANSWER);
    assert.deepEqual(Buffer.concat(arrived), Buffer.from(frame(MESSAGE)));
  });

  it('says that nothing listens', async () => {
    const port = await receiver(() => undefined);
    for (const end of stop.splice(0)) end();
    await assert.rejects(connectMllp({ host: '127.0.0.1', port, answerWithinMs: 5_000 }), code('mllp-unreachable'));
  });

  it('does not know what became of a message whose answer never comes', async () => {
    const closing = await receiver((socket) => socket.destroy());
    const first = await connectMllp({ host: '127.0.0.1', port: closing, answerWithinMs: 5_000 });
    await assert.rejects(first.exchange(MESSAGE), code('mllp-no-answer'));
    await assert.rejects(first.exchange(MESSAGE), code('mllp-unreachable'), 'it is over, and nothing was sent');
    const silent = await receiver(() => undefined);
    const second = await connectMllp({ host: '127.0.0.1', port: silent, answerWithinMs: 20 });
    stop.push(() => second.close());
    await assert.rejects(second.exchange(MESSAGE), code('mllp-no-answer'));
  });
});
