/** The puller as the process that `wardflow up` starts. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { packageRoot } from '../../../engine/index.ts';
import { readLogFiles, releaseFolderOf } from '../../../governance/release/index.ts';
import { openAuditTrail } from '../../../governance/server/local-audit.ts';
import { trustFolderOf } from '../../../governance/trust/trust-folder.ts';
import { makeCertificate, putCertificate } from '../../kit/certificates.ts';
import { eventually } from '../../kit/eventually.ts';
import { consoleWithProduction } from './console-with-production.ts';
import { change } from './environment.ts';

describe('the puller as a process', function () {
  this.timeout(180_000);

  const start = (env: Record<string, string>) => {
    const child = spawn(process.execPath, ['governance/server/pull-main.ts'], {
      cwd: packageRoot(),
      env: { PATH: process.env['PATH'] ?? '', WARDFLOW_LOG_LEVEL: 'silent', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    return { child, said: () => out, complained: () => err };
  };

  it('fetches what was ordered over TLS, records it, and ends when it is told to', async () => {
    const here = await mkdtemp(join(tmpdir(), 'wardflow-elsewhere-'));
    const { certFile, keyFile } = putCertificate(here, makeCertificate());
    const tls = { host: '127.0.0.1', port: 0, certFile, keyFile };
    const there = await consoleWithProduction(undefined, { listening: { tls, publicUrl: null } });
    try {
      await cp(trustFolderOf(there.kit.folder, 'production'), trustFolderOf(here, 'production'), { recursive: true });
      const made = await there.kit.call('/api/v1/service-accounts', {
        method: 'POST',
        cookie: await there.kit.cookieOf(),
        body: { name: 'west', scopes: ['release:read'], days: 300 },
      });
      const file = join(here, 'token');
      await writeFile(file, `${made.json<{ token: string }>().token}\n`, { mode: 0o600 });
      await there.env.release(await change(there.env.all, null, 'first'));
      const from = there.kit.console.httpsUrl ?? assert.fail('it listens with TLS');
      const settings = {
        WARDFLOW_DATA: here,
        WARDFLOW_RELEASES_FROM: from,
        WARDFLOW_RELEASES_TOKEN_FILE: file,
      };
      const fetched = async (): Promise<boolean> =>
        (await readLogFiles(releaseFolderOf(here, 'production'))).length > 0;

      const stranger = start({ ...settings, WARDFLOW_LOG_LEVEL: 'warn' });
      const gone = once(stranger.child, 'exit');
      await eventually(
        'it does not believe the certificate',
        () => /does not answer/.test(stranger.complained()),
        20_000,
      );
      stranger.child.kill('SIGTERM');
      await gone;
      assert.equal(await fetched(), false);

      const { child, said, complained } = start({ ...settings, NODE_EXTRA_CA_CERTS: certFile });
      const ended = once(child, 'exit');
      try {
        await eventually('it has fetched', fetched, 20_000);
      } finally {
        child.kill('SIGTERM');
      }
      assert.deepEqual(await ended, [0, null], complained());
      assert.equal(said(), 'ready {}\n');
      const { audit, close } = openAuditTrail(here);
      assert.deepEqual(
        audit.list({}).map(({ type, actor }) => [type, actor]),
        [['release.pulled', 'service:pull']],
      );
      close();
    } finally {
      await there.stop();
      await rm(here, { recursive: true, force: true });
    }
  });

  it('says what is missing where it is not set up', async () => {
    const here = await mkdtemp(join(tmpdir(), 'wardflow-elsewhere-'));
    try {
      const { child, complained } = start({ WARDFLOW_DATA: here });
      assert.deepEqual(await once(child, 'exit'), [1, null]);
      assert.match(complained(), /Set WARDFLOW_RELEASES_FROM and WARDFLOW_RELEASES_TOKEN_FILE/);
    } finally {
      await rm(here, { recursive: true, force: true });
    }
  });
});
