/**
 * The simulator's notifications: R4 rest-hooks as HAPI sends them (PUT and DELETE to `endpoint/Type/id`, an empty POST without
 * payload) or as the specification has them (POST), and topics of the R4 backport with handshake, heartbeat, event numbers and
 * `$events`. What is to be delivered waits until a test delivers it: in order or not, once or nineteen times, or never.
 */
import type { FhirSimulator, Resource, Version } from '../fhir-simulator.ts';
import { matches } from './matching.ts';

export interface NotifierOptions {
  /** HAPI: PUT and DELETE; the specification: POST of the resource. Default `put`. */
  readonly form?: 'put' | 'post';
  /** A new Subscription becomes active by itself; default true. HAPI does after 5 s: `activate`. */
  readonly activates?: boolean;
  /** Whether `$events` is there; default true. */
  readonly eventsOperation?: boolean;
}

export interface Delivery {
  readonly subscription: string;
  readonly number: number;
  readonly method: 'POST' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface Event {
  readonly number: number;
  readonly version: Version;
}

export class Notifier {
  readonly #simulator: FhirSimulator;
  readonly #options: NotifierOptions;
  /** Waiting to be delivered. */
  pending: Delivery[] = [];
  /** Status codes of what was delivered. */
  readonly answers: number[] = [];
  readonly #events = new Map<string, Event[]>();

  constructor(simulator: FhirSimulator, options: NotifierOptions = {}) {
    this.#simulator = simulator;
    this.#options = options;
    simulator.records.listeners.push((version) => this.#written(version));
    if (options.eventsOperation !== false)
      simulator.operations.set('$events', (request, { id }) => {
        const from = Number(request.query.get('eventsSinceNumber') ?? 0);
        const to = Number(request.query.get('eventsUntilNumber') ?? Infinity);
        const some = (this.#events.get(id ?? '') ?? []).filter(({ number }) => number >= from && number <= to);
        return { status: 200, body: this.#bundle(id ?? '', 'query-event', some, this.total(id ?? '')) };
      });
  }

  total(subscription: string): number {
    return this.#events.get(subscription)?.at(-1)?.number ?? 0;
  }

  /** The server loses count. */
  restartCount(subscription: string): void {
    this.#events.set(subscription, []);
  }

  activate(subscription: string): void {
    this.#simulator.change(`Subscription/${subscription}`, { status: 'active' });
  }

  /** All that waits, one after the other; gives the statuses. */
  async deliver(some: readonly Delivery[] = this.pending.splice(0)): Promise<readonly number[]> {
    const statuses: number[] = [];
    for (const one of some) statuses.push(await this.send(one));
    return statuses;
  }

  async send({ method, url, headers, body }: Delivery): Promise<number> {
    const response = await fetch(url, { method, headers, ...(body !== '' && { body }) });
    await response.arrayBuffer();
    this.answers.push(response.status);
    return response.status;
  }

  handshake(subscription: string): Promise<number> {
    return this.send(this.#delivery(subscription, 'handshake', []));
  }

  heartbeat(subscription: string): Promise<number> {
    return this.send(this.#delivery(subscription, 'heartbeat', []));
  }

  #written(version: Version): void {
    const { type, id, resource } = version;
    if (type === 'Subscription') {
      if (resource?.['status'] === 'requested' && this.#options.activates !== false)
        queueMicrotask(() => this.activate(id));
      return;
    }
    for (const one of this.#simulator.stored('Subscription')) {
      if (one['status'] !== 'active' || typeof one['id'] !== 'string') continue;
      const about = resource ?? this.#simulator.records.versionsOf(type, id).at(-2)?.resource ?? null;
      if (!about || !wants(one, type, about)) continue;
      this.pending.push(isTopic(one) ? this.#event(one['id'], version) : this.#hook(one['id'], one, version));
    }
  }

  #event(subscription: string, version: Version): Delivery {
    const events = this.#events.get(subscription) ?? [];
    const event = { number: (events.at(-1)?.number ?? 0) + 1, version };
    this.#events.set(subscription, [...events, event]);
    return this.#delivery(subscription, 'event-notification', [event]);
  }

  #hook(id: string, subscription: Resource, { type, id: of, resource }: Version): Delivery {
    const { endpoint, payload, headers } = channelOf(subscription);
    const json = { ...headers, 'Content-Type': 'application/fhir+json' };
    const common = { subscription: id, number: 0 };
    if (payload === undefined) return { ...common, method: 'POST', url: endpoint, headers, body: '' };
    const body = resource ? JSON.stringify(resource) : '';
    if (this.#options.form === 'post' && resource)
      return { ...common, method: 'POST', url: endpoint, headers: json, body };
    const method = resource ? 'PUT' : 'DELETE';
    return { ...common, method, url: `${endpoint}/${type}/${of}`, headers: resource ? json : headers, body };
  }

  #delivery(subscription: string, type: string, events: readonly Event[]): Delivery {
    const stored = this.#simulator.records.current('Subscription', subscription).resource;
    const { endpoint, headers } = channelOf(stored as Resource);
    return {
      subscription,
      number: events[0]?.number ?? 0,
      method: 'POST',
      url: endpoint,
      headers: { ...headers, 'Content-Type': 'application/fhir+json' },
      body: JSON.stringify(this.#bundle(subscription, type, events, this.total(subscription))),
    };
  }

  #bundle(subscription: string, type: string, events: readonly Event[], total: number): object {
    const { base } = this.#simulator;
    const parameter = [
      { name: 'subscription', valueReference: { reference: `Subscription/${subscription}` } },
      { name: 'status', valueCode: 'active' },
      { name: 'type', valueCode: type },
      { name: 'events-since-subscription-start', valueString: String(total) },
      ...events.map(({ number, version }) => ({
        name: 'notification-event',
        part: [
          { name: 'event-number', valueString: String(number) },
          { name: 'timestamp', valueInstant: new Date(version.at).toISOString() },
          { name: 'focus', valueReference: { reference: `${base}/${version.type}/${version.id}` } },
        ],
      })),
    ];
    const entry = [
      { resource: { resourceType: 'Parameters', parameter } },
      ...events.map(({ version }) => ({
        fullUrl: `${base}/${version.type}/${version.id}`,
        request: { method: version.method, url: `${version.type}/${version.id}` },
        response: { status: '200' },
      })),
    ];
    return { resourceType: 'Bundle', type: 'history', timestamp: new Date().toISOString(), entry };
  }
}

function channelOf(subscription: Resource): { endpoint: string; payload: unknown; headers: Record<string, string> } {
  const channel = subscription['channel'] as { endpoint: string; payload?: unknown; header?: readonly string[] };
  const headers = Object.fromEntries(
    (channel.header ?? []).map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
  );
  return { endpoint: channel.endpoint, payload: channel.payload, headers };
}

const isTopic = ({ criteria }: Resource): boolean => String(criteria).startsWith('http');

function wants(subscription: Resource, type: string, resource: Resource): boolean {
  const filter = (subscription['_criteria'] as { extension?: readonly { valueString?: string }[] } | undefined)
    ?.extension;
  const criteria = isTopic(subscription) ? (filter?.[0]?.valueString ?? '') : String(subscription['criteria']);
  const [of = '', query = ''] = criteria.split('?');
  return of === type && matches(resource, new URLSearchParams(query));
}
