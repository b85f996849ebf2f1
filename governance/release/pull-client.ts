/** The other host's console, as a puller asks it. Everything that comes may be anybody's. */
import { errorName, schemaCheck } from '../../engine/index.ts';
import { ARCHIVE_LIMITS, type Bytes, type TrustStoreFile } from '../bundle/index.ts';
import { releaseErrors } from './errors.ts';
import type { ReleaseFile } from './release.ts';

export interface PulledEntry {
  readonly sequence: number;
  readonly file: ReleaseFile;
  readonly bundle: string;
}

export interface PullAnswer {
  readonly environment: string;
  readonly trust: TrustStoreFile;
  readonly entries: readonly PulledEntry[];
  readonly lastSequence: number;
}

export interface PullClient {
  /** @throws `pull-unreachable`, `pull-denied`, `pull-answer-unreadable` */
  pull(after: number): Promise<PullAnswer>;
  /** @throws as `pull` */
  bundle(hash: string): Promise<Bytes>;
}

const WITHIN_MS = 60_000;
const MOST_ANSWER = 40 * 1024 * 1024;

const HASH = { type: 'string', pattern: '^[0-9a-f]{64}$' };
const check = schemaCheck<PullAnswer>({
  type: 'object',
  required: ['environment', 'trust', 'entries', 'lastSequence'],
  properties: {
    environment: { type: 'string' },
    trust: { type: 'object' },
    lastSequence: { type: 'integer', minimum: 0 },
    entries: {
      type: 'array',
      maxItems: 100,
      items: {
        type: 'object',
        required: ['sequence', 'file', 'bundle'],
        properties: {
          sequence: { type: 'integer', minimum: 1, maximum: 9_999_999_999 },
          bundle: HASH,
          file: {
            type: 'object',
            required: ['kind', 'format', 'entry', 'trust', 'acceptedAt'],
            properties: {
              kind: { const: 'release' },
              format: { const: 1 },
              entry: { type: 'object' },
              acceptedAt: { type: 'string', format: 'date-time', maxLength: 30 },
              trust: {
                type: 'object',
                required: ['version', 'hash'],
                properties: { version: { type: 'integer', minimum: 1 }, hash: HASH },
              },
            },
          },
        },
      },
    },
  },
});

/** @throws `pull-address-unsafe` */
export function createPullClient({
  from,
  environment,
  token,
}: {
  readonly from: string;
  readonly environment: string;
  readonly token: string;
}): PullClient {
  const base = new URL(from);
  const loopback = /^(127\.0\.0\.1|localhost|\[::1\])$/.test(base.hostname);
  // The token would be read on the way.
  if (base.protocol !== 'https:' && !loopback) throw releaseErrors.create('pull-address-unsafe', { from });

  async function ask(path: string, most: number): Promise<Bytes> {
    let response: Response;
    try {
      response = await fetch(
        `${base.origin}${base.pathname.replace(/\/$/, '')}/api/v1/environments/${environment}${path}`,
        {
          headers: { authorization: `Bearer ${token}` },
          redirect: 'error',
          signal: AbortSignal.timeout(WITHIN_MS),
        },
      );
      if (response.ok) return await limited(response, most, from);
      await response.body?.cancel();
    } catch (error) {
      if (error instanceof RangeError) throw releaseErrors.create('pull-answer-unreadable', { from });
      const cause: unknown = error instanceof Error ? (error.cause ?? error) : error;
      throw releaseErrors.create('pull-unreachable', { from, reason: errorName(cause) }, { cause: error });
    }
    const { status } = response;
    if (status === 401 || status === 403) throw releaseErrors.create('pull-denied', { from });
    if (status >= 500) throw releaseErrors.create('pull-unreachable', { from, reason: `HTTP status ${status}` });
    throw releaseErrors.create('pull-answer-unreadable', { from });
  }

  return {
    async pull(after) {
      const json = parsed(await ask(`/pull?after=${after}`, MOST_ANSWER));
      if (!check.accepts(json)) throw releaseErrors.create('pull-answer-unreadable', { from });
      return json;
    },
    bundle: (hash) => ask(`/bundles/${hash}`, ARCHIVE_LIMITS.bytes),
  };
}

/** @throws RangeError where it is longer */
async function limited(response: Response, most: number, from: string): Promise<Bytes> {
  if (!response.body) throw releaseErrors.create('pull-answer-unreadable', { from });
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > most) throw new RangeError('the answer is too long');
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

function parsed(bytes: Bytes): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch {
    return undefined;
  }
}
