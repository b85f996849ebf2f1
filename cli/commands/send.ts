import { readFile } from 'node:fs/promises';
import {
  acknowledgementOf,
  connectMllp,
  errorName,
  Hl7Message,
  splitBatch,
  type MllpClient,
  type MllpClientOptions,
} from '../../engine/index.ts';
import type { MessageList, RuntimeStatus } from '../../runtime/api/contract.ts';
import { baseOf } from '../../governance/api/console-address.ts';
import { cliErrors } from '../errors.ts';
import type { Io } from '../io.ts';
import { tlsOfFeed, type OwnCertificate } from '../send-tls.ts';
import { findRuntime, type RuntimeClient } from '../runtime-client.ts';
import { safe } from '../terminal.ts';

export interface SendOptions extends OwnCertificate {
  readonly runtime: string;
  readonly feed: string;
  readonly port?: string;
}

const HOST = '127.0.0.1';
const ANSWER_WITHIN_MS = 30_000;
const MEANINGS: Readonly<Record<string, string>> = {
  AA: 'accepted',
  CA: 'accepted',
  AE: 'not taken',
  CE: 'not taken',
  AR: 'refused',
  CR: 'refused',
};

/** Sends each message of a file and waits for its answer. Gives the exit code: 1 when one was not accepted. */
export async function send(io: Io, file: string, options: SendOptions): Promise<number> {
  const messages = await messagesOf(file);
  const runtime = await findRuntime(io, options.runtime);
  const client = await connectMllp({ ...(await placeOf(io, runtime, options)), answerWithinMs: ANSWER_WITHIN_MS });
  let refused = 0;
  try {
    for (const message of messages) if (!(await sendOne(io, client, runtime, message))) refused++;
  } finally {
    client.close();
  }
  return refused === 0 ? 0 : 1;
}

/** @throws WardflowError `file-unreadable`, `file-without-message` */
async function messagesOf(file: string): Promise<readonly Uint8Array[]> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw cliErrors.create('file-unreadable', { file, reason: errorName(error) }, { cause: error });
  }
  const messages = splitBatch(bytes).map(withSegmentEnds);
  if (!messages.some((message) => Buffer.from(message).includes('MSH')))
    throw cliErrors.create('file-without-message', { file });
  return messages;
}

/** Editors end lines with LF; a segment ends with CR (HL7 v2.5.1, 2.5.4). One character a byte: nothing else changes. */
function withSegmentEnds(message: Uint8Array): Uint8Array {
  const text = Buffer.from(message).toString('latin1');
  return Buffer.from(text.includes('\n') ? `${text.trimEnd().replaceAll(/\r?\n/g, '\r')}\r` : text, 'latin1');
}

/** @throws WardflowError `option-invalid`, `feed-not-here` */
async function placeOf(
  io: Io,
  runtime: RuntimeClient,
  options: SendOptions,
): Promise<Pick<MllpClientOptions, 'host' | 'port' | 'tls'>> {
  if (options.port !== undefined) {
    const port = /^\d{1,5}$/.test(options.port) ? Number(options.port) : 0;
    if (port < 1 || port > 65_535) throw cliErrors.create('option-invalid', { option: '--port', takes: '1 to 65535' });
    return { host: HOST, port };
  }
  // Asked now: a promotion opens feeds that were not there at the start.
  const { feeds: open } = await runtime.get<RuntimeStatus>('/status');
  const feed = open.find(({ name }) => name === options.feed);
  if (!feed || feed.host === null || feed.port === null) {
    const known = open.flatMap(({ name, port }) => (port === null ? [] : [name])).join(', ') || 'none';
    throw cliErrors.create('feed-not-here', { runtime: options.runtime, feed: options.feed, known });
  }
  const tls = await tlsOfFeed(io, options.runtime, feed, options);
  return { host: feed.host, port: feed.port, ...(tls && { tls }) };
}

async function sendOne(io: Io, client: MllpClient, runtime: RuntimeClient, message: Uint8Array): Promise<boolean> {
  const bytes = await client.exchange(message);
  const acknowledged = acknowledgementOf(bytes, controlIdOf(message), HOST);
  const answer = Hl7Message.parse(bytes);
  const code = answer.get('MSA-1');
  const controlId = answer.get('MSA-2');
  const why = answer.get('MSA-3') || answer.get('ERR-8');
  const told = [`${code} ${MEANINGS[code] ?? 'unknown answer'}`, controlId || '(no control id)', why].filter(Boolean);
  io.out(`${safe(told.join('  '))}\n`);
  if (acknowledged.kind === 'failed')
    io.out(`  ${safe(`${acknowledged.error.message} ${acknowledged.error.remedy}`)}\n`);
  const url = await consoleUrl(runtime, controlId);
  if (url !== null) io.out(`  ${safe(url)}\n`);
  return acknowledged.kind === 'accepted';
}

function controlIdOf(message: Uint8Array): string {
  try {
    return Hl7Message.parse(message).controlId;
  } catch {
    return '';
  }
}

/** Of the newest message with this control id: the one just sent, unless another sender uses the same ids. */
async function consoleUrl(runtime: RuntimeClient, controlId: string): Promise<string | null> {
  const root = runtime.run.governance?.url;
  if (root === undefined || controlId === '' || controlId.length > 200) return null;
  const { messages } = await runtime.get<MessageList>('/messages', { q: controlId, limit: 20 });
  const found = messages.find((one) => one.controlId === controlId);
  return found ? `${root}${baseOf(runtime.environment)}/messages/${found.id}` : null;
}
