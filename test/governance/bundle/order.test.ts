import assert from 'node:assert/strict';
import { before, describe, it } from 'mocha';
import {
  sign,
  signStatement,
  statementBytes,
  verifyOrder,
  type OrderState,
  type OrderStatement,
} from '../../../governance/bundle/index.ts';
import { at, cast, DAY, NOW, type Cast } from './ceremony.ts';

const BUNDLE = '1'.repeat(64);
const RUNNING = '2'.repeat(64);

describe('an order to run a bundle', () => {
  let all: Cast;
  before(async () => {
    all = await cast();
  });
  const order = (more: Partial<OrderStatement> = {}): OrderStatement => ({
    kind: 'order',
    format: 1,
    environment: 'production',
    bundle: BUNDLE,
    previous: RUNNING,
    sequence: 8,
    at: at(),
    expires: at(NOW + DAY),
    actor: 'otto',
    ...more,
  });
  const before7: OrderState = { running: RUNNING, lastSequence: 7 };
  const judged = async (
    more: Partial<OrderStatement> = {},
    { by = all.otto, state = before7, now = NOW, environment = 'production' } = {},
  ): Promise<string> => {
    try {
      const envelope = JSON.stringify(await signStatement(order(more), by.key));
      const { person } = await verifyOrder(envelope, {
        bundle: BUNDLE,
        environment,
        trustStore: all.store,
        state,
        now,
      });
      return person;
    } catch (error) {
      return (error as { readonly code?: string }).code ?? String(error);
    }
  };

  it('is carried out once', async () => {
    assert.equal(await judged(), 'otto');
    assert.equal(await judged({}, { state: { running: RUNNING, lastSequence: 8 } }), 'order-repeated');
    assert.equal(await judged({ sequence: 1 }), 'order-repeated');
    assert.equal(await judged({ previous: null }, { state: { running: null, lastSequence: 0 } }), 'otto');
  });

  it('replaces only the bundle that it names', async () => {
    assert.equal(await judged({ previous: null }), 'order-previous-differs');
    assert.equal(await judged({}, { state: { running: BUNDLE, lastSequence: 7 } }), 'order-previous-differs');
    assert.equal(await judged({ bundle: RUNNING }), 'order-of-another-bundle');
  });

  it('holds for its time and its environment', async () => {
    assert.equal(await judged({}, { now: NOW + DAY - 1 }), 'otto');
    assert.equal(await judged({}, { now: NOW + DAY }), 'order-expired');
    assert.equal(await judged({}, { now: NOW - DAY }), 'order-not-yet-valid');
    assert.equal(await judged({ expires: at(NOW + 7 * DAY) }), 'otto');
    assert.equal(await judged({ expires: at(NOW + 8 * DAY) }), 'order-lives-too-long');
    assert.equal(await judged({ environment: 'staging' }), 'order-of-another-environment');
    assert.equal(await judged({ environment: 'staging' }, { environment: 'staging' }), 'order-of-another-environment');
  });

  it('is given by somebody who may', async () => {
    assert.equal(await judged({}, { by: all.ana }), 'order-role-missing');
    assert.equal(await judged({ actor: 'ana' }, { by: all.ana }), 'order-role-missing');
    assert.equal(await judged({ actor: 'ana' }), 'order-role-missing');
    assert.equal(await judged({}, { by: all.mallory }), 'key-unknown');
    assert.equal(
      await judged({}, { by: { ...all.mallory, key: { ...all.mallory.key, id: all.otto.key.id } } }),
      'signature-invalid',
    );
  });

  it('is signed as an order', async () => {
    const envelope = await sign('application/vnd.wardflow.approval+json', statementBytes(order()), all.otto.key);
    const given = {
      bundle: BUNDLE,
      environment: 'production',
      trustStore: all.store,
      state: { running: RUNNING, lastSequence: 7 },
      now: NOW,
    };
    await assert.rejects(verifyOrder(JSON.stringify(envelope), given), { code: 'statement-type-unexpected' });
    const relabelled = { ...envelope, payloadType: 'application/vnd.wardflow.order+json' };
    await assert.rejects(verifyOrder(JSON.stringify(relabelled), given), { code: 'signature-invalid' });
  });
});
