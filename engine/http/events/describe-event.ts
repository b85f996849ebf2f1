/** What an event is found, ordered and told apart by. Pure. */
import type { EventDescription } from '../../intake/feed.ts';
import type { HttpEventFeed } from './event-feed.ts';

export type Described =
  | { readonly ok: true; readonly description: EventDescription; readonly data: unknown }
  /** Which of what is needed is not there. */
  | { readonly ok: false; readonly missing: string };

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

const STRUCTURED = /^application\/cloudevents\+json\s*(;|$)/i;

/** CloudEvents 1.0 by its HTTP binding, structured (3.2) or binary (3.1), else JSON with its id where the feed says, or as Idempotency-Key. */
export function describeEvent(
  feed: HttpEventFeed,
  headers: Headers,
  body: Readonly<Record<string, unknown>>,
): Described {
  const structured = STRUCTURED.test(header(headers, 'content-type') ?? '');
  const binary = header(headers, 'ce-specversion') !== null;
  const context = (name: string): string | null =>
    structured ? textOf(body[name]) : binary ? header(headers, `ce-${name}`) : null;
  const data: unknown = structured ? body['data'] : body;
  const id =
    structured || binary
      ? context('id')
      : (header(headers, 'idempotency-key')?.replace(/^"(.*)"$/, '$1') ?? at(data, feed.idAt));
  if (id === null)
    return {
      ok: false,
      missing:
        structured || binary ? 'id of the CloudEvent' : `Idempotency-Key${feed.idAt === '' ? '' : ` or ${feed.idAt}`}`,
    };
  const patient = at(data, feed.patientAt);
  return {
    ok: true,
    data,
    description: {
      controlId: id,
      type: context('type') ?? at(data, feed.typeAt),
      sender: context('source'),
      messageTime: context('time'),
      keys: patient === null ? [] : [{ kind: 'patient', value: patient }],
      patientHint: patient === null ? null : `…${patient.slice(-Math.min(4, Math.floor(patient.length / 2)))}`,
      orderingValue: at(data, feed.orderingAt),
    },
  };
}

const header = (headers: Headers, name: string): string | null => {
  const value = headers[name];
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
};

/** The text or number that a JSON Pointer leads to. */
function at(data: unknown, pointer: string): string | null {
  if (!pointer.startsWith('/')) return null;
  let value: unknown = data;
  for (const part of pointer.slice(1).split('/')) {
    if (typeof value !== 'object' || value === null) return null;
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    value = Object.hasOwn(value, key) ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
  }
  return textOf(value);
}

function textOf(value: unknown): string | null {
  const text = typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : '';
  return text === '' ? null : text;
}
