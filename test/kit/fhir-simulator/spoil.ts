import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { isRecord } from './exact-json.ts';
import type { Fault } from './faults.ts';
import { outcome, type Reply } from './reply.ts';
import type { RestRequest } from './rest.ts';

/** Lets a fault happen to a request: `act` carries it out, as often as it is called. */
export async function spoil(
  fault: Fault,
  act: (more?: Partial<RestRequest>) => Promise<Reply>,
  response: ServerResponse,
): Promise<void> {
  switch (fault.kind) {
    case 'status': {
      const { status, retryAfter, body } = fault;
      const headers: Record<string, string> = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
      return send(response, { ...outcome(status, 'transient'), ...(body !== undefined && { body }), headers });
    }
    case 'hang':
      if (fault.done) await act();
      return;
    case 'reset':
      response.destroy();
      return;
    case 'lose-answer':
      await act();
      response.destroy();
      return;
    case 'fail-after':
      await act();
      return send(response, outcome(fault.status, 'exception'));
    case 'twice':
      await act();
      return send(response, await act());
    case 'wait-before':
      await fault.until;
      return send(response, await act());
    case 'wait-after': {
      const reply = await act();
      await fault.until;
      return send(response, reply);
    }
    case 'not-json':
      await act();
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end('<html>Please log in</html>');
      return;
    case 'text':
      response.writeHead(200, { 'content-type': 'application/fhir+json' });
      response.end(fault.text);
      return;
    case 'huge': {
      const reply = await act();
      const body = isRecord(reply.body) ? { ...reply.body, _padding: 'x'.repeat(fault.bytes) } : reply.body;
      return send(response, { ...reply, body });
    }
    case 'compressed': {
      const { status, headers, body } = await act();
      response.writeHead(status, { ...headers, 'content-type': 'application/fhir+json', 'content-encoding': 'gzip' });
      response.end(gzipSync(JSON.stringify(body)));
      return;
    }
    case 'redirect':
      response.writeHead(fault.status ?? 307, { location: fault.to });
      response.end();
      return;
    case 'next-link': {
      const reply = await act();
      const link = [{ relation: 'next', url: fault.to }];
      return send(response, { ...reply, body: isRecord(reply.body) ? { ...reply.body, link } : reply.body });
    }
    case 'version':
      return send(response, misversioned(await act(), fault.says));
    case 'no-body': {
      const { status, headers } = await act();
      return send(response, { status, ...(headers && { headers }) });
    }
    case 'ignores-condition':
      return send(response, await act({ ignoresCondition: true }));
    case 'torn':
      await act({ tornAfter: fault.entries });
      response.destroy();
      return;
    default:
      fault satisfies never;
  }
}

function misversioned(reply: Reply, says: 'none' | 'wrong'): Reply {
  const { etag: _, ...headers } = reply.headers ?? {};
  const meta = says === 'wrong' ? { versionId: '999' } : {};
  return {
    ...reply,
    headers: says === 'wrong' ? { ...headers, etag: 'W/"999"' } : headers,
    body: isRecord(reply.body) ? { ...reply.body, meta } : reply.body,
  };
}

export function send(response: ServerResponse, { status, headers = {}, body }: Reply): void {
  if (body === undefined) {
    response.writeHead(status, headers);
    response.end();
    return;
  }
  response.writeHead(status, { 'content-type': 'application/fhir+json', ...headers });
  response.end(JSON.stringify(body));
}
