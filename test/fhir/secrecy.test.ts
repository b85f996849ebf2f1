import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { context, propagation, ROOT_CONTEXT, SpanStatusCode, trace, type Span, type Tracer } from '@opentelemetry/api';
import { afterEach, describe, it } from 'mocha';
import { createLog } from '../../engine/base/log.ts';
import { FhirSimulator } from '../kit/fhir-simulator.ts';
import { endpointTo, KEY, TASK, type EndpointUnderTest } from './kit.ts';

const NAME = 'Quixotte';

describe('what of a patient leaves the FHIR client', () => {
  const open: (FhirSimulator | EndpointUnderTest)[] = [];
  afterEach(async () => {
    trace.disable();
    propagation.disable();
    context.disable();
    for (const one of open.splice(0)) await one.close();
  });
  const lines: string[] = [];
  const serve = async () => {
    const server = await FhirSimulator.start();
    const log = createLog('debug', { write: (line: string) => void lines.push(line) });
    const under = endpointTo(server.base, { timeoutMs: 1_000 }, '/nowhere', undefined, log);
    open.push(under, server);
    return { server, ...under };
  };

  it('is neither in failures nor in the log, whatever goes wrong', async () => {
    const { server, ehr } = await serve();
    const body = {
      resourceType: 'OperationOutcome',
      issue: [
        { code: 'invalid', diagnostics: NAME, details: { text: NAME }, expression: [`Patient.where(x='${NAME}')`] },
      ],
    };
    const told: unknown[] = [];
    for (const fault of [
      { kind: 'status', status: 400, body },
      { kind: 'status', status: 500, body },
      { kind: 'status', status: 418, body },
      { kind: 'reset' },
      { kind: 'not-json' },
      { kind: 'redirect', to: `http://elsewhere.invalid/?name=${NAME}` },
      { kind: 'next-link', to: `http://elsewhere.invalid/?name=${NAME}` },
      { kind: 'compressed' },
      { kind: 'huge', bytes: 5_000_000 },
    ] as const) {
      server.fault({ times: 1 }, fault);
      told.push(await ehr.search('Patient', { name: NAME }));
      server.fault({ times: 1 }, fault);
      told.push(await ehr.createOnce({ ...TASK, description: NAME }, { ...KEY, value: `${fault.kind}-${NAME}` }));
    }
    const failures = told.filter((one) => !(one as { ok: boolean }).ok);
    assert.ok(failures.length >= 12, String(failures.length));
    assert.ok(lines.length >= 12, String(lines.length));
    assert.doesNotMatch(JSON.stringify(failures) + lines.join('\n'), new RegExp(`${NAME}|127\\.0\\.0\\.1|\\?name|%7C`));
  });

  it('is not in what fhir-kit-client prints when somebody debugs everything', async () => {
    const script = `
      import { FhirSimulator } from '${join(import.meta.dirname, '../kit/fhir-simulator.ts')}';
      import { endpointTo } from '${join(import.meta.dirname, 'kit.ts')}';
      import createDebug from 'debug';
      const server = await FhirSimulator.start();
      const { ehr, close } = endpointTo(server.base);
      server.fault({ after: 1 }, { kind: 'status', status: 400, body: { resourceType: 'Patient', name: '${NAME}' } });
      for (let i = 0; i < 3; i++) await ehr.search('Patient', { name: '${NAME}' });
      createDebug('others')('are still heard: ' + server.requests.length);
      await close();
      await server.close();`;
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
      env: { ...process.env, DEBUG: '*' },
      cwd: join(import.meta.dirname, '../..'),
    });
    assert.match(stderr, /are still heard: 3/);
    assert.doesNotMatch(stdout + stderr, new RegExp(`${NAME}|fhir-kit-client`));
  }).timeout(30_000);

  it('is not in spans, which say method, type, status and attempt, and go on at the server', async () => {
    const spans: { name: string; attributes: Record<string, unknown>; status?: number; ended: boolean }[] = [];
    const tracer: Tracer = {
      startSpan(name, options) {
        const one: (typeof spans)[number] = { name, attributes: { ...options?.attributes }, ended: false };
        spans.push(one);
        const span = {
          spanContext: () => ({ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 }),
          setAttribute: (key: string, value: unknown) => void (one.attributes[key] = value),
          setStatus: ({ code }: { code: number }) => void (one.status = code),
          end: () => void (one.ended = true),
        };
        return span as unknown as Span;
      },
      startActiveSpan: () => {
        throw new Error('not used');
      },
    };
    trace.setGlobalTracerProvider({ getTracer: () => tracer });
    propagation.setGlobalPropagator({
      inject: (of, carrier) => {
        const { traceId, spanId } = trace.getSpanContext(of) ?? {};
        (carrier as Record<string, string>)['traceparent'] = `00-${traceId}-${spanId}-01`;
      },
      extract: () => ROOT_CONTEXT,
      fields: () => ['traceparent'],
    });
    const { server, ehr } = await serve();
    server.put({ resourceType: 'Patient', id: NAME });
    await ehr.read('Patient', NAME);
    server.fault({ times: 1 }, { kind: 'status', status: 422 });
    await ehr.search('Patient', { name: NAME });
    assert.deepEqual(spans, [
      {
        name: 'GET Patient',
        attributes: {
          'http.request.method': 'GET',
          'wardflow.endpoint': 'ehr',
          'fhir.resource.type': 'Patient',
          'http.response.status_code': 200,
        },
        ended: true,
      },
      {
        name: 'GET Patient',
        attributes: {
          'http.request.method': 'GET',
          'wardflow.endpoint': 'ehr',
          'fhir.resource.type': 'Patient',
          'error.type': 'fhir-invalid',
        },
        status: SpanStatusCode.ERROR,
        ended: true,
      },
    ]);
    assert.equal(server.requests[0]?.headers['traceparent'], `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`);
  });
});
