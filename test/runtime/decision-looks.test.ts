/** Who was shown the values that decisions were made of. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { decisionOf } from '../kit/decision-builders.ts';
import { startTestApi, type TestApi } from '../kit/runtime-api.ts';
import { acceptOne } from '../kit/store-builders.ts';

describe('looking at the decisions about a message', () => {
  let api: TestApi;
  beforeEach(async () => {
    api = await startTestApi();
  });
  afterEach(() => api.stop());

  it('is in the audit, once for a page that asks again and again, and only where there are decisions', async () => {
    const [decided, plain] = [await acceptOne(api.engine.store), await acceptOne(api.engine.store)];
    await api.engine.store.decisions.record(decisionOf(decided, 'd1'));
    for (const { messageId } of [decided, plain, decided]) {
      const { status } = await api.ask('GET', `/messages/${messageId}`);
      assert.equal(status, 200);
    }
    const looks = (await api.engine.store.audit.list({})).filter(({ type }) => type === 'message.decisions-viewed');
    assert.deepEqual(
      looks.map(({ actor, messageId, details }) => ({ actor, messageId, details })),
      [{ actor: 'user:ana', messageId: decided.messageId, details: {} }],
    );
  });
});
