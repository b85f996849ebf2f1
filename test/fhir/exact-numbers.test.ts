import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import { rememberNumbers, withNumbersOf } from '../../engine/fhir/exact-numbers.ts';
import type { FhirResource } from '../../engine/index.ts';
import { FhirSimulator } from '../kit/fhir-simulator.ts';
import { endpointTo, KEY, type EndpointUnderTest } from './kit.ts';

const TEXT = `{"resourceType":"Observation","id":"a","status":"final","code":{"text":"x"},
  "valueQuantity":{"value":5.10,"unit":"mmol/L"},
  "referenceRange":[{"low":{"value":1.0},"high":{"value":1e2}}],
  "component":[{"valueQuantity":{"value":0.10}},{"valueQuantity":{"value":0.1234567890123456789}},{"valueInteger":-0}]}`;
const NUMBERS = ['5.10', '1.0', '1e2', '0.10', '0.1234567890123456789', '-0'];
const numbersIn = (text: string): readonly string[] =>
  [...text.matchAll(/"(?:value|valueInteger)":(-?[0-9.e]+)/g)].map(([, number = '']) => number);

describe('decimals on a FHIR server', () => {
  const open: (FhirSimulator | EndpointUnderTest)[] = [];
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });
  const serve = async (more: Parameters<typeof endpointTo>[1] = {}) => {
    const server = await FhirSimulator.start();
    const under = endpointTo(server.base, more);
    open.push(under, server);
    server.put(TEXT);
    return { server, ...under };
  };

  it('stay as they were written when something else is changed', async () => {
    const { server, ehr } = await serve();
    const result = await ehr.update('Observation', 'a', (current) => ({ ...current, status: 'amended' }));
    assert.equal(result.ok && result.answer.resource?.['status'], 'amended');
    assert.deepEqual(numbersIn(server.textOf('Observation/a')), NUMBERS);
  });

  it('stay so also when the flow made everything anew, and moved entries', async () => {
    const { server, ehr } = await serve();
    await ehr.update('Observation', 'a', (current) => {
      const copy = JSON.parse(JSON.stringify(current)) as FhirResource & { component: object[] };
      copy.component.unshift({ valueQuantity: { value: 7 } });
      return copy;
    });
    assert.deepEqual(numbersIn(server.textOf('Observation/a')), [...NUMBERS.slice(0, 3), '7', ...NUMBERS.slice(3)]);
  });

  it('are numbers for whoever changes them, and what was changed is what is written', async () => {
    const { server, ehr } = await serve();
    const seen: unknown[] = [];
    await ehr.update('Observation', 'a', (current) => {
      const quantity = current['valueQuantity'] as { value: number };
      seen.push(quantity.value);
      return { ...current, valueQuantity: { ...quantity, value: quantity.value + 1 } };
    });
    assert.deepEqual(seen, [5.1]);
    assert.deepEqual(numbersIn(server.textOf('Observation/a')), ['6.1', ...NUMBERS.slice(1)]);
  });

  it('stay so in a patch and in a transaction', async () => {
    const { server, ehr } = await serve({ allow: { Observation: ['status', 'code'] } });
    await ehr.patch('Observation', 'a', () => [{ op: 'replace', path: '/status', value: 'amended' }]);
    const read = await ehr.read('Observation', 'a');
    assert.ok(read.ok && read.answer.resource);
    const bundle = {
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [
        {
          resource: { ...read.answer.resource, status: 'final' },
          request: { method: 'PUT', url: 'Observation/a', ifMatch: 'W/"2"' },
        },
      ],
    };
    server.fault({ method: 'POST', type: '' }, { kind: 'lose-answer' });
    assert.equal((await ehr.transaction(bundle, KEY)).ok, true, 'found to be as wanted');
    assert.equal(server.versions('Observation/a'), 3);
    assert.deepEqual(numbersIn(server.textOf('Observation/a')), NUMBERS);
  });

  it('are kept in a list of very many alike as quickly as in a short one', () => {
    const text = `{"resourceType":"Basic","list":[${Array.from({ length: 200_000 }, () => '0.10').join(',')}]}`;
    const current = JSON.parse(text) as FhirResource;
    rememberNumbers(current, text);
    const begun = performance.now();
    const written = JSON.stringify(withNumbersOf(current, { ...current, active: true }));
    assert.ok(performance.now() - begun < 5_000);
    assert.equal(written.split('0.10').length - 1, 200_000);
  });

  it('are given up, and nothing else, where a server nests deeper than any resource', () => {
    const text = `{"resourceType":"Basic","list":${'['.repeat(2_000)}0.10${']'.repeat(2_000)},"value":0.10}`;
    const current = JSON.parse(text) as FhirResource;
    rememberNumbers(current, text);
    const written = JSON.stringify(withNumbersOf(current, { ...current }));
    assert.equal(written, text.replace('0.10', '0.1'));
  });
});
