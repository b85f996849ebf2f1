import { createRequire } from 'node:module';
import type { Dispatcher } from 'undici';
import type { ResolvedBinding } from './binding.ts';
import { connecting } from './connecting.ts';
import type { FhirResource } from './endpoint.ts';
import { openTracing } from './tracing.ts';

/** fhir-kit-client and undici load with the first request, so that importing the engine stays light. */
export async function openClient(binding: ResolvedBinding, folder: string) {
  const [{ Client }, { Agent, buildConnector }, startSpan] = await Promise.all([
    import('fhir-kit-client'),
    import('undici'),
    openTracing(binding.name),
  ]);
  silenceClient();
  const agent = new Agent({
    connections: binding.concurrency,
    pipelining: 1,
    maxResponseSize: binding.maxAnswerBytes,
    connect: connecting(binding, folder, buildConnector),
  }).compose(refuseEncoded);
  const client = new Client({
    baseUrl: binding.base,
    // Redirects would carry a resource and the token to an address that nobody bound.
    requestOptions: { dispatcher: agent, redirect: 'manual' },
    // The size limit counts bytes on the wire: a compressed answer could unpack to any size.
    customHeaders: { 'accept-encoding': 'identity' },
  });
  return { client, agent, startSpan, responseOf: (answer: FhirResource) => Client.httpFor(answer).response };
}

interface Debug {
  enabled(name: string): boolean;
  enable(names: string): void;
  disable(): string;
}

/** With `DEBUG=*` it would print addresses with their queries, and the bodies of refusals: clinical content in a log. */
function silenceClient(): void {
  const debug = createRequire(import.meta.resolve('fhir-kit-client'))('debug') as Debug;
  if (debug.enabled('fhir-kit-client:info') || debug.enabled('fhir-kit-client:error'))
    debug.enable(`${debug.disable()},-fhir-kit-client:*`);
}

/** The way through which bytes of the answer are kept: fhir-kit-client only gives what `JSON.parse` makes of them. */
export function reading(agent: Dispatcher, chunks: Buffer[]): object {
  const dispatcher = agent.compose((dispatch) => (options, handler) => {
    const kept: Dispatcher.DispatchHandler = {
      onRequestStart: (controller, context) => handler.onRequestStart?.(controller, context),
      onRequestUpgrade: (controller, status, headers, socket) =>
        handler.onRequestUpgrade?.(controller, status, headers, socket),
      onResponseStart: (controller, status, headers, message) =>
        handler.onResponseStart?.(controller, status, headers, message),
      onResponseData(controller, chunk) {
        chunks.push(Buffer.from(chunk));
        handler.onResponseData?.(controller, chunk);
      },
      onResponseEnd: (controller, trailers) => handler.onResponseEnd?.(controller, trailers),
      onResponseError: (controller, error) => handler.onResponseError?.(controller, error),
    };
    return dispatch(options, kept);
  });
  return { dispatcher };
}

/** Stops the answer of a server that compresses although it was told not to. */
function refuseEncoded(dispatch: Dispatcher.Dispatch): Dispatcher.Dispatch {
  return (options, handler) =>
    dispatch(options, {
      onRequestStart: (controller, context) => handler.onRequestStart?.(controller, context),
      onRequestUpgrade: (controller, status, headers, socket) =>
        handler.onRequestUpgrade?.(controller, status, headers, socket),
      onResponseStart: (controller, status, headers, message) => {
        const encoding = headers['content-encoding'];
        if (encoding === undefined || encoding === 'identity') {
          handler.onResponseStart?.(controller, status, headers, message);
        } else controller.abort(Object.assign(new Error('encoded answer'), { code: 'ERR_ENCODED_ANSWER' }));
      },
      onResponseData: (controller, chunk) => handler.onResponseData?.(controller, chunk),
      onResponseEnd: (controller, trailers) => handler.onResponseEnd?.(controller, trailers),
      onResponseError: (controller, error) => handler.onResponseError?.(controller, error),
    });
}
