/** The modules that make keys and sign, as the web app would bundle them, in a real browser. */
import assert from 'node:assert/strict';
import { build } from 'vite';
import { after, before, describe, it } from 'mocha';
import type { Browser, Page } from 'playwright-core';
import { packageRoot } from '../../../engine/index.ts';
import type { createKey, unwrapKey } from '../../../governance/bundle/key-file.ts';
import type { signStatement } from '../../../governance/bundle/statements.ts';
import {
  createKey as createHere,
  firstTrust,
  initialTrust,
  publicPart,
  readKeyFile,
  sha256,
  signStatement as signHere,
  statementBytes,
  unwrapKey as unwrapHere,
  verifyBundle,
  withAuthor,
  type Envelope,
} from '../../../governance/bundle/index.ts';
import { startBrowser } from '../../kit/browser.ts';
import { startLocalHttpServer, type LocalHttpServer } from '../../kit/local-http-server.ts';
import { requireChromium } from '../../kit/requires.ts';
import { approved, at, authored, NOW, person, POLICY, unsigned } from './ceremony.ts';

const PASSPHRASE = 'a pässphrase of some length';

interface InPage {
  readonly wardflow: {
    readonly createKey: typeof createKey;
    readonly unwrapKey: typeof unwrapKey;
    readonly signStatement: typeof signStatement;
  };
}

/** One script without imports. @throws if anything of Node would come with it */
async function bundled(): Promise<string> {
  const entry = ['key-file', 'dsse', 'statements']
    .map((name) => `export * from '/governance/bundle/${name}.ts';`)
    .join('\n');
  const result = await build({
    configFile: false,
    root: packageRoot(),
    logLevel: 'silent',
    build: { write: false, minify: false, lib: { entry: 'virtual:entry', formats: ['es'] } },
    plugins: [
      {
        name: 'entry',
        enforce: 'pre',
        resolveId: (id) =>
          id.endsWith('virtual:entry') ? '\0entry' : id.startsWith('node:') ? assert.fail(`imports ${id}`) : null,
        load: (id) => (id === '\0entry' ? entry : null),
      },
    ],
  });
  const [made] = [result].flat();
  assert.ok(made && 'output' in made);
  return made.output.map((chunk) => ('code' in chunk ? chunk.code : '')).join('');
}

describe('keys in a browser', function () {
  this.timeout(180_000);
  let server: LocalHttpServer;
  let browser: Browser;
  let page: Page;

  before(async function () {
    const chromium = requireChromium(this);
    const code = await bundled();
    server = await startLocalHttpServer(({ url }, response) => {
      const script = url.endsWith('.js');
      response.setHeader('content-type', script ? 'text/javascript' : 'text/html; charset=utf-8');
      // As strict as the console's.
      response.setHeader('content-security-policy', "default-src 'none'; script-src 'self'");
      response.end(script ? code : '<!doctype html><title>t</title>');
    });
    browser = await startBrowser(chromium);
    page = await browser.newPage();
    await page.goto(server.origin);
    await page.evaluate(`import('/bundle.js').then((all) => { globalThis.wardflow = all; })`);
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });

  it('are made there, and opened there and on the command line', async () => {
    const made = await page.evaluate(
      (passphrase) => (globalThis as unknown as InPage).wardflow.createKey('ana', passphrase),
      PASSPHRASE,
    );
    const file = await readKeyFile(JSON.stringify(made), 'the key');
    assert.equal((await unwrapHere(file, PASSPHRASE)).id, made.id);
    await assert.rejects(unwrapHere(file, `${PASSPHRASE}.`), { code: 'passphrase-wrong' });
  });

  it('sign there what is verified here, also those that were made here', async () => {
    const file = await createHere('ana', PASSPHRASE);
    const bundle = await unsigned();
    const statement = authored(bundle, { summary: 'Grüße, "so" \u2028 €' });
    const sign = (passphrase: string): Promise<Envelope | string> =>
      page.evaluate(
        async ({ file, passphrase, statement }) => {
          const { wardflow } = globalThis as unknown as InPage;
          try {
            return await wardflow.signStatement(statement, await wardflow.unwrapKey(file, passphrase));
          } catch (error) {
            return (error as { code: string }).code;
          }
        },
        { file, passphrase, statement },
      );
    assert.equal(await sign('another passphrase'), 'passphrase-wrong');
    const envelope = await sign(PASSPHRASE);
    const key = await unwrapHere(file, PASSPHRASE);
    assert.deepEqual(envelope, await signHere(statement, key));

    const [greta, emil] = [await person('greta'), await person('emil')];
    const keys = [
      { key: publicPart(file), roles: ['analyst'] },
      { key: greta.told, roles: ['clinical-governance'] },
      { key: emil.told, roles: ['engineer'] },
    ];
    const first = initialTrust({ environment: 'production', keys, policy: POLICY, by: 'ana', at: at() });
    const trustStore = await firstTrust(await signHere(first, key));
    const author = await sha256(statementBytes(statement));
    let whole = withAuthor(bundle, envelope);
    whole = await approved(whole, trustStore, greta, 'clinical-governance', { author });
    assert.equal((await verifyBundle(whole, { trustStore, environment: 'production', now: NOW })).ok, false);
    whole = await approved(whole, trustStore, emil, 'engineer', { author });
    assert.equal((await verifyBundle(whole, { trustStore, environment: 'production', now: NOW })).ok, true);
  });
});
