import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { FhirBinding } from '../../engine/index.ts';
import { makeCertificate, type TestCertificate } from '../kit/certificates.ts';
import { FhirSimulator } from '../kit/fhir-simulator.ts';
import { endpointTo, failure, short, TASK } from './kit.ts';

describe('a FHIR endpoint over TLS', () => {
  let folder: string;
  const open: { close(): Promise<void> }[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wardflow-mtls-'));
    await mkdir(join(folder, 'tls'));
  });
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
    await rm(folder, { recursive: true });
  });
  const put = async (name: string, text: string): Promise<void> => {
    await writeFile(join(folder, 'tls', name), text, { mode: 0o600 });
    await chmod(join(folder, 'tls', name), 0o600);
  };
  const ours = async (certificate: TestCertificate): Promise<void> => {
    await put('client.pem', certificate.cert);
    await put('client.key', certificate.key);
  };
  const CLIENT = { certificate: 'client.pem', key: 'client.key' };
  const serve = async (
    server: TestCertificate,
    clients: readonly TestCertificate[] | null,
    tls: FhirBinding['tls'],
  ): Promise<{ server: FhirSimulator; ehr: ReturnType<typeof endpointTo>['ehr'] }> => {
    const demands = clients && { requestCert: true, rejectUnauthorized: true, ca: clients.map(({ cert }) => cert) };
    const made = await FhirSimulator.start({ tls: { ...server, ...demands } });
    made.put({ ...TASK, id: 'a' });
    const under = endpointTo(made.base, tls === undefined ? {} : { tls }, folder);
    open.push(under, made);
    return { server: made, ehr: under.ehr };
  };

  it('trusts no server that nobody vouches for', async () => {
    const { server, ehr } = await serve(makeCertificate(), null, null);
    assert.equal(short(await ehr.read('Task', 'a')), 'transient endpoint-tls');
    assert.equal(server.requests.length, 0);
  });

  it('trusts whom the binding names, and shows our certificate where it is asked for', async () => {
    const [certificate, client] = [makeCertificate(), makeCertificate({ subject: 'client' })];
    await put('ca.pem', certificate.cert);
    await ours(client);
    const { ehr } = await serve(certificate, [client], { ca: 'ca.pem', client: CLIENT, serverName: null });
    assert.equal((await ehr.read('Task', 'a')).ok, true);
    const without = await serve(certificate, [client], { ca: 'ca.pem', client: null, serverName: null });
    // With TLS 1.3 the server says so after the handshake, and may have hung up before it is read.
    assert.equal(failure(await without.ehr.read('Task', 'a')).class, 'transient');
    assert.equal(without.server.requests.length, 0);
  });

  it('verifies the name, or the one that the binding states instead', async () => {
    const elsewhere = makeCertificate({ names: ['ehr.example.org'], addresses: [] });
    await put('ca.pem', elsewhere.cert);
    const plain = await serve(elsewhere, null, { ca: 'ca.pem', client: null, serverName: null });
    assert.equal(short(await plain.ehr.read('Task', 'a')), 'transient endpoint-tls');
    const named = await serve(elsewhere, null, { ca: 'ca.pem', client: null, serverName: 'ehr.example.org' });
    assert.equal((await named.ehr.read('Task', 'a')).ok, true);
    const wrong = await serve(elsewhere, null, { ca: 'ca.pem', client: null, serverName: 'other.example.org' });
    assert.equal(short(await wrong.ehr.read('Task', 'a')), 'transient endpoint-tls');
  });

  it('takes renewed files at the next connection, without a restart', async () => {
    const certificate = makeCertificate();
    const [old, renewed] = [makeCertificate({ subject: 'old' }), makeCertificate({ subject: 'renewed' })];
    await put('ca.pem', certificate.cert);
    await ours(old);
    const { ehr } = await serve(certificate, [renewed], { ca: 'ca.pem', client: CLIENT, serverName: null });
    assert.equal((await ehr.read('Task', 'a')).ok, false);
    await ours(renewed);
    assert.equal((await ehr.read('Task', 'a')).ok, true);
  });

  it('says which file cannot be used, and that nothing was sent', async () => {
    const { server, ehr } = await serve(makeCertificate(), null, { ca: 'missing.pem', client: null, serverName: null });
    for (const told of [
      failure(await ehr.read('Task', 'a')),
      failure(await ehr.createOnce(TASK, { system: 'urn:x', value: '1' })),
    ]) {
      assert.deepEqual([told.class, told.code], ['transient', 'endpoint-tls-file']);
      assert.match(told.text, /"missing\.pem" of the FHIR endpoint "ehr" cannot be used/);
      assert.doesNotMatch(told.text, new RegExp(folder));
    }
    assert.equal(server.requests.length, 0);
  });
});
