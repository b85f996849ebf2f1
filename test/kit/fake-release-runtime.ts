/** A runtime behind the gate, as far as releases are told to it: real HTTP, what it has to run read from the real log. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inForce, readReleaseLog, releaseFolderOf } from '../../governance/release/index.ts';
import { readTrustFolder, trustFolderOf } from '../../governance/trust/trust-folder.ts';
import type { ReleasePlan, RuntimeRelease } from '../../runtime/api/release-contract.ts';

export interface FakeReleaseRuntime {
  readonly url: string;
  readonly token: string;
  /** What it was asked: method, path, who, body. */
  readonly asked: { readonly what: string; readonly actor: string; readonly body: Record<string, unknown> }[];
  /** Answers instead of the usual ones. */
  plan: Partial<ReleasePlan>;
  release: Partial<RuntimeRelease>;
  refuses: { readonly status: number; readonly body: string } | null;
  locate(): Promise<{ readonly url: string; readonly token: string }>;
  stop(): Promise<void>;
}

export async function startFakeReleaseRuntime(
  dataFolder: string,
  now: () => number,
  environment = 'production',
  token = 'release-token',
): Promise<FakeReleaseRuntime> {
  let applied: RuntimeRelease['running'] = null;
  const answer = async (path: string, body: Record<string, unknown>): Promise<unknown> => {
    if (path.endsWith('/release/plan')) {
      const plan: ReleasePlan = {
        bundle: String(body['bundle']),
        running: applied?.bundle ?? null,
        definitions: [{ name: 'alpha', title: 'Alpha', what: 'restarts', from: 'a', to: 'b', openWork: 2 }],
        feeds: [{ name: 'hospital', what: 'stays' }],
        unbound: [],
        refusals: [],
        ...fake.plan,
      };
      return plan;
    }
    const trust = await readTrustFolder(trustFolderOf(dataFolder, environment), environment);
    const { by, until } = inForce(await readReleaseLog(releaseFolderOf(dataFolder, environment), trust), now());
    if (path.endsWith('/release/apply') && by)
      applied = {
        sequence: by.sequence,
        kind: by.kind,
        bundle: by.bundle,
        since: now(),
        until,
        definitions: [{ name: 'alpha', version: by.bundle }],
      };
    const release: RuntimeRelease = {
      environment,
      running: applied,
      problem: null,
      drift: [],
      checkedAt: now(),
      ...fake.release,
    };
    return release;
  };
  const server: Server = createServer((request, response) => {
    void (async () => {
      const text = await read(request);
      const path = request.url ?? '';
      const body = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
      fake.asked.push({
        what: `${request.method ?? ''} ${path.replace(/^.*\/v1/, '')}`,
        actor: String(request.headers['wardflow-actor']),
        body,
      });
      if (request.headers.authorization !== `Bearer ${token}`) response.writeHead(401).end('{}');
      else if (fake.refuses) response.writeHead(fake.refuses.status).end(fake.refuses.body);
      else if (path.endsWith('/live'))
        response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': hello\n\n');
      else
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(await answer(path, body)));
    })().catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const fake: FakeReleaseRuntime = {
    url,
    token,
    asked: [],
    plan: {},
    release: {},
    refuses: null,
    locate: () => Promise.resolve({ url, token }),
    async stop() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
  return fake;
}

async function read(request: IncomingMessage): Promise<string> {
  let all = '';
  for await (const chunk of request) all += String(chunk);
  return all;
}
