/** The whole product on the other store. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createConnection } from 'mongoose';
import { after, before, describe, it } from 'mocha';
import type { AuditVerification, MessageDetail, MessageList, RuntimeStatus } from '../../runtime/api/contract.ts';
import { CountingFhirServer } from '../kit/counting-fhir-server.ts';
import { adt } from '../kit/hl7-messages.ts';
import { answerField, MllpSender } from '../kit/mllp-sender.ts';
import { stopMongod } from '../kit/mongod.ts';
import { requireMongod } from '../kit/requires.ts';
import { startWardflow, temporaryFolder, until, type WardflowProcess } from '../kit/wardflow-process.ts';

const RUNS = /^Wardflow runs/;

describe('wardflow up with its journals on MongoDB', function () {
  this.timeout(180_000);
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let server: CountingFhirServer;
  let url: URL | undefined;
  let wardflow: WardflowProcess | undefined;

  before(async function () {
    const mongod = requireMongod(this);
    url = new URL(await mongod());
    url.pathname = `/wardflow_up_${randomBytes(6).toString('hex')}`;
    folder = await temporaryFolder();
    server = await CountingFhirServer.start();
  });
  after(async () => {
    await end();
    await server?.close();
    await folder?.remove();
    if (!url) return;
    const connection = await createConnection(url.href).asPromise();
    await connection
      .getClient()
      .db(`${url.pathname.slice(1)}_staging`)
      .dropDatabase();
    await connection.close();
    await stopMongod();
  });
  const start = async (): Promise<WardflowProcess> => {
    const env = { WARDFLOW_STORE: 'mongodb', WARDFLOW_MONGODB_URL: url?.href ?? '', WARDFLOW_FHIR_BASE: server.base };
    wardflow = startWardflow({ dataFolder: join(folder.path, 'data'), env });
    await wardflow.line(RUNS);
    return wardflow;
  };
  const end = async (): Promise<void> => {
    wardflow?.signal('SIGINT');
    await wardflow?.exit;
    wardflow = undefined;
  };
  const find = async (process: WardflowProcess, controlId: string): Promise<MessageDetail> => {
    const { messages } = await process.api<MessageList>(`/messages?q=${controlId}`);
    return process.api<MessageDetail>(`/messages/${messages[0]?.id ?? 'none'}`);
  };

  it('takes a message, writes what it is for, settles it, and has it after a restart', async () => {
    const first = await start();
    const status = await first.api<RuntimeStatus>('/status');
    assert.equal(status.durability.adapter, 'mongodb');
    assert.equal(status.durability.settings['write_concern'], 'w: majority, j: true');
    const sender = new MllpSender(status.feeds[0]?.port ?? 0);
    assert.equal(answerField(await sender.send(adt('A03', 'UPMONGO1', 'P1')), 'MSA', 1), 'AA');
    sender.close();
    await until(async () => (await find(first, 'UPMONGO1')).message.state === 'done');
    // The copy of the task is written behind.
    await until(() => Promise.resolve(server.made.length === 2));
    assert.deepEqual(server.made.map(({ type }) => type).toSorted(), ['Communication', 'Task']);
    assert.equal(first.lines.join('\n').includes(url?.host ?? ''), false, 'a connection string is a secret');
    await end();

    const second = await start();
    const { message, effects } = await find(second, 'UPMONGO1');
    assert.equal(message.state, 'done');
    assert.deepEqual(
      effects.map(({ state }) => state),
      ['done'],
    );
    assert.equal((await second.api<AuditVerification>('/audit/verify')).intact, true);
    assert.equal(server.made.length, 2);
  });
});
