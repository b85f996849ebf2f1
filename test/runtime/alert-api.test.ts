/** What people do about alerts over the runtime's own API: a real engine behind a real server. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { AlertRecord } from '../../engine/index.ts';
import { API_ROOT, SCOPE_HEADER, type ApiProblem } from '../../runtime/api/contract.ts';
import type { AlertDetail, AlertList, AlertView, HeldBackList } from '../../runtime/api/task-contract.ts';
import { startAlertApi, type AlertApi } from '../kit/alert-api.ts';
import { AlertBench, alertPolicyOf, DEFINITION } from '../kit/alert-bench.ts';
import { eventually } from '../kit/eventually.ts';

const HIGH = { patient: 'p1', code: 'K', value: 7 };
const POLICY = alertPolicyOf({
  tiers: [{ name: 'page', when: 'true', to: { role: 'doctor' }, channels: ['console'] }],
  suppress: [{ when: 'event.code = "X"', reason: 'The analyser is being mended', until: '2099-01-01' }],
});

describe('alerts at the runtime API', () => {
  let bench: AlertBench;
  let api: AlertApi;
  beforeEach(async () => {
    bench = await AlertBench.open();
    api = await startAlertApi(bench);
  });
  afterEach(async () => {
    api.close();
    await bench.close();
  });

  interface Asked {
    readonly actor?: string | null;
    readonly part?: readonly string[];
  }
  async function ask(method: string, path: string, body?: unknown, { actor = 'user:ana', part }: Asked = {}) {
    const headers = new Headers({ authorization: 'Bearer token', 'content-type': 'application/json' });
    if (actor !== null) headers.set('wardflow-actor', actor);
    if (part) {
      const scope = JSON.stringify({ definitions: part, serviceLines: [] });
      headers.set(SCOPE_HEADER, Buffer.from(scope).toString('base64url'));
    }
    const response = await fetch(`${api.url}${API_ROOT}${path}`, {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, headers: response.headers, json: (await response.json()) as unknown };
  }
  const get = async <T>(path: string, asked?: Asked): Promise<T> =>
    (await ask('GET', path, undefined, asked)).json as T;
  async function post(path: string, body: unknown = {}, asked?: Asked) {
    const answer = await ask('POST', path, body, asked);
    return { ...answer, json: answer.json as AlertView & ApiProblem };
  }

  async function started(event: object = HIGH): Promise<AlertRecord> {
    const { alert } = await bench.consider(await bench.accept(), event, POLICY);
    assert.ok(alert);
    await eventually('it is told', async () => {
      const now = await bench.engine.store.alerts.get(alert.id);
      return (now?.deliveries.length ?? 0) > 0;
    });
    return alert;
  }

  it('are listed newest first with their message, counted by state, and given page by page', async () => {
    const alerts: AlertRecord[] = [];
    for (const [i, patient] of ['p1', 'p2', 'p3', 'p4', 'p5'].entries()) {
      // Two of one moment: a page ends before or after them.
      if (i !== 3) bench.clock.advance(1000);
      alerts.push(await started({ ...HIGH, patient }));
    }
    await post(`/alerts/${alerts[0]?.id}/acknowledge`, { seen: 9 }).then(({ json }) =>
      assert.equal(json.code, 'alert-stale'),
    );
    const seen: string[] = [];
    let next: number | null = null;
    do {
      const page: AlertList = await get<AlertList>(`/alerts?limit=2${next === null ? '' : `&before=${next}`}`);
      assert.deepEqual(page.counts, { open: 5, acknowledged: 0, closed: 0, resolved: 0 });
      seen.push(...page.alerts.map(({ id }) => id));
      next = page.next;
    } while (next !== null && seen.length < 20);
    assert.deepEqual(new Set(seen), new Set(alerts.map(({ id }) => id)));
    assert.equal(seen.length, 5);
    const [first] = (await get<AlertList>(`/alerts?message=${alerts[1]?.messageId}&state=open,acknowledged`)).alerts;
    assert.deepEqual([first?.id, typeof first?.message.controlId], [alerts[1]?.id, 'string']);
    assert.equal((await get<AlertList>('/alerts?state=closed')).alerts.length, 0);
    assert.equal((await get<AlertList>('/alerts?policy=another')).alerts.length, 0);
    for (const bad of ['state=new', 'limit=many', 'since=then'])
      assert.equal((await ask('GET', `/alerts?${bad}`)).status, 400, bad);
  });

  it('are looked at, taken over, acted on and closed, each by whom, with what was held back beside them', async () => {
    const { id } = await started();
    for (const event of [HIGH, { ...HIGH, code: 'X' }]) await bench.consider(await bench.accept(), event, POLICY);
    const opened = await post(`/alerts/${id}/open`);
    assert.equal(opened.status, 200);
    assert.notEqual(opened.json.openedAt, null);
    const taken = await post(`/alerts/${id}/acknowledge`, { seen: opened.json.version });
    assert.deepEqual([taken.json.state, taken.json.acknowledged?.by], ['acknowledged', 'user:ana']);
    const late = await post(`/alerts/${id}/acknowledge`, { seen: opened.json.version }, { actor: 'user:ben' });
    assert.deepEqual([late.status, late.json.code], [409, 'alert-stale']);
    const acted = await post(`/alerts/${id}/act`, { seen: taken.json.version, what: 'Called the ward' });
    assert.notEqual(acted.json.actedAt, null);
    const dismissal = { reason: 'false-positive' };
    const closed = await post(`/alerts/${id}/close`, { seen: acted.json.version, dismissal });
    assert.deepEqual(closed.json.ended?.dismissal, { reason: 'false-positive', text: null });
    assert.equal((await post(`/alerts/${id}/close`, { seen: closed.json.version })).json.code, 'alert-over');
    const detail = await get<AlertDetail>(`/alerts/${id}`);
    assert.deepEqual(
      [detail.alert.state, detail.definition.name, detail.heldBack.map(({ because }) => because)],
      ['closed', DEFINITION, ['joined']],
    );
    const held = await get<HeldBackList>('/alerts/held-back');
    assert.deepEqual(held.heldBack.map(({ because, by }) => `${because} ${by}`).toSorted(), [
      `joined ${id}`,
      'suppressed The analyser is being mended',
    ]);
  });

  it('refuse what is not understood, and who does not say who they are', async () => {
    const { id } = await started();
    const bad: readonly [string, unknown, number][] = [
      ['acknowledge', {}, 400],
      ['acknowledge', { seen: '1' }, 400],
      ['acknowledge', { seen: 1, also: 1 }, 400],
      ['act', { seen: 1 }, 400],
      ['act', { seen: 1, what: 'x'.repeat(501) }, 400],
      ['close', { seen: 1, dismissal: { reason: 'never' } }, 400],
      ['close', { seen: 1, dismissal: { reason: 'other' } }, 400],
      ['close', { seen: 1, dismissal: { reason: 'other', text: 'x'.repeat(501) } }, 400],
    ];
    for (const [step, body, status] of bad)
      assert.equal(
        (await post(`/alerts/${id}/${step}`, body)).status,
        status,
        `${step} ${JSON.stringify(body).length}`,
      );
    assert.equal((await post(`/alerts/${id}/open`, {}, { actor: null })).status, 400);
    assert.equal((await post('/alerts/none/open')).status, 404);
    assert.equal((await ask('GET', '/alerts/none')).status, 404);
    assert.equal((await get<AlertDetail>(`/alerts/${id}`)).alert.version, 2, 'nothing but its telling has changed it');
  });

  it('are shown and answered in the part that somebody answers for, and nowhere else', async () => {
    const { id } = await started();
    await bench.consider(await bench.accept(), HIGH, POLICY);
    const [inside, outside] = [{ part: [DEFINITION] }, { part: ['another'] }];
    assert.equal((await get<AlertList>('/alerts', inside)).alerts.length, 1);
    assert.equal((await get<HeldBackList>('/alerts/held-back', inside)).heldBack.length, 1);
    const none = await get<AlertList>('/alerts', outside);
    assert.deepEqual([none.alerts.length, none.counts.open], [0, 0]);
    assert.equal((await get<AlertList>(`/alerts?definition=${DEFINITION}`, outside)).alerts.length, 0);
    assert.equal((await get<HeldBackList>('/alerts/held-back', outside)).heldBack.length, 0);
    assert.equal((await ask('GET', `/alerts/${id}`, undefined, outside)).status, 403);
    assert.equal((await ask('GET', '/alerts/none', undefined, outside)).status, 403, 'nor told to be there or not');
    for (const step of ['open', 'acknowledge', 'act', 'close'])
      assert.equal(
        (await post(`/alerts/${id}/${step}`, step === 'open' ? {} : { seen: 1 }, outside)).status,
        403,
        step,
      );
    const looked = await post(`/alerts/${id}/open`, {}, inside);
    assert.deepEqual([looked.status, looked.headers.get(SCOPE_HEADER)], [200, 'applied']);
  });
});
