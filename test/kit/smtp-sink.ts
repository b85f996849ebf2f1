/** A small SMTP server on loopback for tests: takes mails and keeps them, or does what the test says instead. */
import { createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import type { TestCertificate } from './certificates.ts';

export interface SinkMail {
  readonly from: string;
  readonly to: readonly string[];
  /** With its headers, as it was sent. */
  readonly text: string;
  readonly secure: boolean;
  /** The base64 of `AUTH PLAIN`. */
  readonly login: string | null;
}

/** `drop`: cut off after the mail was taken, before that is said. */
export type SinkFault = 'none' | 'refuse' | 'busy' | 'drop';

export interface SmtpSink {
  readonly port: number;
  readonly mails: readonly SinkMail[];
  fault: SinkFault;
  close(): Promise<void>;
}

export async function startSmtpSink(certificate?: TestCertificate): Promise<SmtpSink> {
  const mails: SinkMail[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    socket.write('220 sink\r\n');
    converse(socket, false);
  });

  function converse(socket: Socket | TLSSocket, secure: boolean): void {
    let [rest, from, login, data]: [string, string, string | null, string | null] = ['', '', null, null];
    let to: string[] = [];
    const say = (line: string): void => void socket.write(`${line}\r\n`);
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      rest += chunk.toString('latin1');
      for (;;) {
        if (data !== null) {
          const end = rest.indexOf('\r\n.\r\n');
          if (end < 0) return;
          const mail = { from, to, text: rest.slice(0, end), secure, login };
          rest = rest.slice(end + 5);
          data = null;
          if (sink.fault === 'drop') {
            mails.push(mail);
            socket.destroy();
            return;
          }
          if (sink.fault === 'busy') say('451 later');
          else {
            mails.push(mail);
            say('250 taken');
          }
          continue;
        }
        const end = rest.indexOf('\r\n');
        if (end < 0) return;
        const line = rest.slice(0, end);
        rest = rest.slice(end + 2);
        if (/^EHLO/i.test(line)) {
          socket.write(`250-sink\r\n${!secure && certificate ? '250-STARTTLS\r\n' : ''}250 AUTH PLAIN\r\n`);
        } else if (/^STARTTLS/i.test(line) && certificate) {
          say('220 go on');
          socket.removeAllListeners('data');
          const inner = new TLSSocket(socket, { isServer: true, secureContext: createSecureContext(certificate) });
          converse(inner, true);
          return;
        } else if (/^STARTTLS/i.test(line)) {
          say('502 not here');
        } else if (/^AUTH PLAIN /i.test(line)) {
          login = line.slice(11);
          say('235 welcome');
        } else if (/^MAIL FROM/i.test(line)) {
          from = /<(.*)>/.exec(line)?.[1] ?? '';
          to = [];
          say('250 ok');
        } else if (/^RCPT TO/i.test(line)) {
          if (sink.fault === 'refuse') say('550 nobody');
          else {
            to.push(/<(.*)>/.exec(line)?.[1] ?? '');
            say('250 ok');
          }
        } else if (/^DATA/i.test(line)) {
          data = '';
          say('354 go on');
        } else if (/^QUIT/i.test(line)) {
          say('221 bye');
          socket.end();
        } else say('250 ok');
      }
    });
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const sink: SmtpSink = {
    port: (server.address() as AddressInfo).port,
    mails,
    fault: 'none',
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return sink;
}
