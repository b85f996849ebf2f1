/**
 * MLLP with clients and servers that others wrote, in clear, over TLS and over mutual TLS. What they cannot do:
 *
 * - @medplum/hl7 has no TLS: `Hl7Client` and `Hl7Server` open sockets in clear only. Over TLS the connection is made by
 *   Node, and their `Hl7Connection` speaks on it, which is what both are made of.
 * - node-hl7-client sends the next message only after the answer to the one before; whatever waits meanwhile is sent when
 *   it connects again. The test waits for each answer.
 * - node-hl7-server never forgets what it has read on a connection: to each message it answers all those before once more.
 *   Our sender takes none of these for an answer. It also listens on all addresses, whatever it is told.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createServer, type AddressInfo } from 'node:net';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Hl7Client, Hl7Connection, Hl7Server, ReturnAckCategory } from '@medplum/hl7';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { Client as NodeHl7Client, Message as NodeHl7Message } from 'node-hl7-client';
import { Server as NodeHl7Server } from 'node-hl7-server';
import {
  acknowledgementOf,
  createMllpSender,
  silentLog,
  systemClock,
  type MllpSender,
  type SendingTls,
} from '../../engine/index.ts';
import { makeCertificate } from '../kit/certificates.ts';
import { oru, potassium } from '../kit/hl7-messages.ts';
import { eventually } from '../kit/eventually.ts';
import { IntakeBench } from '../kit/intake-bench.ts';

const server = makeCertificate({ subject: 'receiver' });
const client = makeCertificate({ subject: 'sender' });

const WAYS: Readonly<Record<string, { readonly mutual: boolean } | null>> = {
  'in clear': null,
  'over TLS': { mutual: false },
  'over mutual TLS': { mutual: true },
};
/** @medplum/hl7 brings another @medplum/core than ours: the messages that it takes are of its own. */
type MedplumMessage = Parameters<Hl7Connection['send']>[0];
const { Hl7Message: MedplumMessages } = createRequire(import.meta.resolve('@medplum/hl7'))('@medplum/core') as {
  readonly Hl7Message: { parse(text: string): MedplumMessage };
};
const IDS = ['ONE', 'TWO', 'THREE', 'FOUR'];

const message = (controlId: string): string => oru({ controlId, patient: 'MRN1', observations: [potassium('4.1')] });
const clientTls = (mutual: boolean) => ({
  ca: server.cert,
  ...(mutual && { cert: client.cert, key: client.key }),
});
const serverTls = (mutual: boolean) => ({
  cert: server.cert,
  key: server.key,
  ...(mutual && { requestCert: true, ca: client.cert }),
});

describe('MLLP with what others wrote', () => {
  const stop: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of stop.splice(0).toReversed()) await end();
  });

  for (const [way, tls] of Object.entries(WAYS)) {
    describe(way, () => {
      describe('our server', () => {
        let bench: IntakeBench;
        let folder: string;
        beforeEach(async () => {
          folder = mkdtempSync(join(tmpdir(), 'wardflow-interop-'));
          mkdirSync(join(folder, 'tls'));
          const files = { 'own.pem': server.cert, 'own-key.pem': server.key, 'senders.pem': client.cert };
          for (const [name, text] of Object.entries(files))
            writeFileSync(join(folder, 'tls', name), text, { mode: 0o600 });
          const names = tls && {
            certificate: 'own.pem',
            key: 'own-key.pem',
            clientCa: tls.mutual ? 'senders.pem' : null,
          };
          bench = await IntakeBench.start({
            bindings: { hospital: { listen: { host: '127.0.0.1', port: 0, tls: names } } },
            tlsFolder: join(folder, 'tls'),
          });
        });
        afterEach(async () => {
          await bench.stop();
          rmSync(folder, { recursive: true });
        });

        const keptAsSent = async (): Promise<void> => {
          const kept = await bench.store.journal.list({ order: 'oldest-first' });
          assert.deepEqual(
            kept.map(({ controlId }) => controlId),
            IDS,
          );
          for (const { id, controlId } of kept) {
            const bytes = Buffer.from((await bench.store.journal.bytes(id)) ?? []).toString();
            assert.equal(bytes.trimEnd(), message(controlId ?? '').trimEnd());
          }
          assert.equal(bench.intake.status()[0]?.tls?.mutual, tls?.mutual);
        };

        it('answers node-hl7-client', async () => {
          const peer = new NodeHl7Client({
            host: '127.0.0.1',
            version: '2.5.1',
            ...(tls && { tls: { ...clientTls(tls.mutual) } }),
          });
          const answers: string[] = [];
          const connection = peer.createConnection({ port: bench.port(), version: '2.5.1' }, (answer) => {
            const heard = answer.getMessage();
            answers.push(`${heard.get('MSA.1').toString()} ${heard.get('MSA.2').toString()}`);
          });
          stop.push(() => peer.closeAll());
          await once(connection, 'connect');
          for (const [i, id] of IDS.entries()) {
            await connection.sendMessage(new NodeHl7Message({ text: message(id) }));
            await eventually(`an answer to ${id}`, () => answers.length > i, 20_000);
          }
          assert.deepEqual(
            answers,
            IDS.map((id) => `AA ${id}`),
          );
          await keptAsSent();
        });

        it('answers @medplum/hl7, several messages at once', async () => {
          let connection: Hl7Client | Hl7Connection;
          if (tls) {
            const socket = connectTls({ host: '127.0.0.1', port: bench.port(), ...clientTls(tls.mutual) });
            await once(socket, 'secureConnect');
            connection = new Hl7Connection(socket);
          } else {
            connection = new Hl7Client({ host: '127.0.0.1', port: bench.port() });
            await connection.connect();
          }
          stop.push(() => connection.close());
          const answers = await Promise.all(
            IDS.map((id) =>
              connection.sendAndWait(MedplumMessages.parse(message(id)), { returnAck: ReturnAckCategory.FIRST }),
            ),
          );
          assert.deepEqual(
            answers.map((answer) => `${told(answer, 1)} ${told(answer, 2)}`),
            IDS.map((id) => `AA ${id}`),
          );
          await keptAsSent();
        });
      });

      describe('our sender', () => {
        const sender = (port: number, answerMs = 20_000): MllpSender => {
          const ours: SendingTls | null = tls && { ...clientTls(tls.mutual), serverName: null };
          const made = createMllpSender({
            host: '127.0.0.1',
            port,
            tls: ours && (() => ours),
            answerMs,
            idleMs: 0,
            clock: systemClock,
            random: () => 0,
            log: silentLog,
          });
          stop.push(() => made.close());
          return made;
        };
        const accepted = async (one: MllpSender, id: string): Promise<void> => {
          const answer = await one.exchange(Buffer.from(message(id)), id);
          assert.deepEqual(acknowledgementOf(answer, id, 'them'), { kind: 'accepted' });
        };

        it('is answered by @medplum/hl7', async () => {
          const heard: string[] = [];
          const serve = (connection: Hl7Connection): void => {
            connection.addEventListener('message', (event) => {
              heard.push(event.message.getSegment('MSH')?.getField(10)?.toString() ?? '');
              connection.send(event.message.buildAck());
            });
          };
          const port = tls ? await listenTls(serve, tls.mutual) : await listen(serve);
          const one = sender(port);
          for (const id of IDS) await accepted(one, id);
          assert.deepEqual(heard, IDS);
          assert.equal(one.dropped, 0);
        });

        it('is answered by node-hl7-server, whose repeated answers count for no other message', async () => {
          const heard: string[] = [];
          const peer = new NodeHl7Server(tls ? { tls: serverTls(tls.mutual) } : {});
          const port = await freePort();
          const inbound = peer.createInbound({ port }, (request, response) => {
            heard.push(request.getMessage().get('MSH.10').toString());
            void response.sendResponse('AA');
          });
          stop.push(() => inbound.close());
          await once(inbound, 'listen');
          const one = sender(port);
          for (const id of IDS) await accepted(one, id);
          assert.deepEqual(
            heard,
            IDS.flatMap((_, i) => IDS.slice(0, i + 1)),
          );
          assert.equal(one.dropped, heard.length - IDS.length);
        });
      });
    });
  }

  async function listen(serve: (connection: Hl7Connection) => void): Promise<number> {
    const peer = new Hl7Server(serve);
    await peer.start(0);
    stop.push(() => peer.stop({ forceDrainTimeoutMs: 0 }));
    assert.ok(peer.server);
    return (peer.server.address() as AddressInfo).port;
  }

  async function listenTls(serve: (connection: Hl7Connection) => void, mutual: boolean): Promise<number> {
    const listener = createTlsServer(serverTls(mutual), (socket) => {
      stop.push(() => socket.destroy());
      serve(new Hl7Connection(socket));
    });
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    stop.push(() => listener.close());
    return (listener.address() as AddressInfo).port;
  }
});

function told(answer: MedplumMessage, field: number): string {
  return answer.getSegment('MSA')?.getField(field)?.toString() ?? '';
}

/** For a server that does not say which port it took; it takes none above 65353. */
async function freePort(): Promise<number> {
  for (;;) {
    const taken = createServer();
    taken.listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    taken.close();
    await once(taken, 'close');
    if (port <= 65_353) return port;
  }
}
