import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { reconcile, type Reconciling } from '../../engine/fhir/subscriptions/reconcile.ts';
import type { FhirResource, FhirResult } from '../../engine/index.ts';
import { wanted } from '../kit/subscription-bench.ts';

const START = Date.UTC(2026, 0, 5);
const at = (n: number): string => new Date(START + n * 1_000_000).toISOString();
const ok = (resource: FhirResource): FhirResult => ({
  ok: true,
  answer: { status: 200, resource, etag: null, location: null },
});
const bundle = (entry: readonly object[], next: boolean): FhirResource => ({
  resourceType: 'Bundle',
  entry,
  link: next ? [{ relation: 'next', url: 'x' }] : [],
});

describe('a poll that asks for deletions as well', () => {
  const poll = async (history: FhirResult, searches: number) => {
    const since: (string | undefined)[] = [];
    const deleted: string[] = [];
    let n = 0;
    const given: Reconciling = {
      base: 'http://ehr.example/fhir',
      settings: { ...wanted({ deletions: true, overlapMs: 0 }) },
      isKnown: (references) => Promise.resolve(new Set(references)),
      keep: (changes) => {
        deleted.push(...changes.filter(({ kind }) => kind === 'deleted').map(({ id }) => id));
        return Promise.resolve({ kept: changes.length });
      },
      endpoint: {
        search: () => {
          n++;
          const resource = { resourceType: 'Encounter', id: `${n}`, meta: { versionId: '1', lastUpdated: at(n) } };
          return Promise.resolve(ok(bundle([{ resource }], n < searches)));
        },
        history: (_type, _id, how) => {
          since.push(how?.since);
          return Promise.resolve(history);
        },
      },
    };
    return { result: await reconcile(given, START), since, deleted };
  };
  const gone = ok(
    bundle(
      [{ request: { method: 'DELETE', url: 'Encounter/9' }, response: { lastModified: at(1), etag: 'W/"2"' } }],
      false,
    ),
  );

  it('asks for them from where it began, however many rounds the changes took', async () => {
    for (const searches of [3, 1000]) {
      const { since, deleted, result } = await poll(gone, searches);
      assert.deepEqual(since, [at(0)]);
      assert.deepEqual(deleted, ['9']);
      assert.equal(result.kind, 'done');
    }
  });

  it('begins there again where the server did not say which', async () => {
    const failure = { class: 'transient', code: 'fhir-no-answer', text: '', remedy: '' } as const;
    const { result } = await poll({ ok: false, failure }, 3);
    assert.equal(result.kind, 'cut');
    assert.equal(result.watermark, START);
  });
});
