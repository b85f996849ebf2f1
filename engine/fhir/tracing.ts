/**
 * Spans of OpenTelemetry around requests, by its semantic conventions for HTTP clients; nothing where no tracer is set up. They
 * name the endpoint, the method, the type and how it ended: never an address, an id or a query, which may be a patient's.
 */
import type { Span } from '@opentelemetry/api';
import type { FhirResult } from './endpoint.ts';
import type { FhirRequest } from './transport.ts';

export interface RequestSpan {
  /** `traceparent` and what else the propagator adds. */
  readonly headers: Readonly<Record<string, string>>;
  readonly end: (result: FhirResult) => void;
}

export type StartSpan = (request: FhirRequest, attempt: number) => RequestSpan;

/** The library is loaded by whoever makes the first request. */
export async function openTracing(endpoint: string): Promise<StartSpan> {
  const { context, propagation, SpanKind, SpanStatusCode, trace } = await import('@opentelemetry/api');
  const tracer = trace.getTracer('wardflow');
  return ({ method, type }, attempt) => {
    const span: Span = tracer.startSpan(`${method} ${type}`, {
      kind: SpanKind.CLIENT,
      attributes: {
        'http.request.method': method,
        'wardflow.endpoint': endpoint,
        'fhir.resource.type': type,
        ...(attempt > 1 && { 'http.request.resend_count': attempt - 1 }),
      },
    });
    const headers: Record<string, string> = {};
    propagation.inject(trace.setSpan(context.active(), span), headers);
    return {
      headers,
      end(result) {
        if (result.ok) span.setAttribute('http.response.status_code', result.answer.status);
        else {
          span.setAttribute('error.type', result.failure.code);
          span.setStatus({ code: SpanStatusCode.ERROR });
        }
        span.end();
      },
    };
  };
}
