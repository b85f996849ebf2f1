/**
 * `bindings.json`: where the feeds and endpoints that flows name are in this environment (format:
 * docs/reference/formats.md). `${NAME}` stands for a setting, so that the usual ports come from the environment.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '../base/error-code.ts';
import { makeFolder } from '../base/make-folder.ts';
import type { FhirAuth, FhirBinding } from '../fhir/binding.ts';
import { isAllowEntry } from '../mllp/allow-list.ts';
import { describeProblems, type Problem } from '../base/json-schema.ts';
import type { SubscriptionBinding } from '../fhir/subscriptions/settings.ts';
import { bindingsCheck, type EndpointInFile, type ListenInFile } from './bindings-schema.ts';
import { readChannels, type ChannelBinding } from './channels.ts';
import { configErrors } from './errors.ts';
import { endpointProblems, fhirAuth, isEndpointName, leftOutEndpoint, type LeftOutEndpoint } from './left-out.ts';
import type { Setting } from './setting.ts';
import type { HttpEndpointBinding } from '../http/binding.ts';
import type { HttpEventBinding } from '../http/events/event-feed.ts';
import { SETTING_KEYS, SETTINGS, type Config } from './settings.ts';

export interface FeedBinding {
  readonly listen: {
    readonly host: string;
    /** 0 takes a free port. */
    readonly port: number;
    /** `null`: whoever listens in can read the messages. */
    readonly tls: ListenTls | null;
    /** Addresses, or networks as `10.1.0.0/16`, that may connect; empty: all that can reach the host. */
    readonly allow: readonly string[];
  };
}

/** File names in the folder `tls` of the environment; PEM. */
export interface ListenTls {
  /** The listener's certificate with its chain. */
  readonly certificate: string;
  readonly key: string;
  /** Whose client certificates are taken: one of them is demanded then (mutual TLS). `null`: none is asked for. */
  readonly clientCa: string | null;
}

export type EndpointBinding = FhirEndpointBinding | MllpEndpointBinding | HttpEndpointBinding;

export interface FhirEndpointBinding extends FhirBinding {
  readonly kind: 'fhir';
  readonly auth: FhirAuth;
  readonly timeoutMs: number;
  readonly concurrency: number;
}

/** A receiver of HL7 v2 messages over MLLP. */
export interface MllpEndpointBinding {
  readonly kind: 'mllp';
  readonly host: string;
  readonly port: number;
  /** `null`: in clear. */
  readonly tls: SendTls | null;
  /** How long its answer to a message may take; default 30 s. */
  readonly answerMs: number;
  /** Connections at a time, each with one message in flight; default 1, which keeps the order of all messages. */
  readonly connections: number;
  /** A connection on which nothing was sent for this long is closed; default 5 min; 0: kept open. */
  readonly idleMs: number;
}

/** File names in the folder `tls` of the environment; PEM. */
export interface SendTls {
  /** Whom the receiver's certificate must come from; `null`: an authority that the system trusts. */
  readonly ca: string | null;
  /** Our own certificate with its key, for receivers that ask for one. */
  readonly client: { readonly certificate: string; readonly key: string } | null;
  /** The name that its certificate must have, where that is not `host`. */
  readonly serverName: string | null;
}

export type BoundKind = 'feed' | 'endpoint' | 'channel' | 'subscription' | 'events';

export interface Bindings {
  readonly feeds: Readonly<Record<string, FeedBinding>>;
  readonly endpoints: Readonly<Record<string, EndpointBinding>>;
  /** Where notifications of FHIR servers come in, by the name of the subscription. */
  readonly subscriptions: Readonly<Record<string, SubscriptionBinding>>;
  /** Where events by HTTP come in, by feed. */
  readonly events: Readonly<Record<string, HttpEventBinding>>;
  /** By what alerts reach people, beside the console. */
  readonly channels: Readonly<Record<string, ChannelBinding>>;
  /** Named in the file, but resting on a setting that is not set: these count as unbound. */
  readonly unresolved: readonly {
    readonly kind: BoundKind;
    readonly name: string;
    readonly setting: string;
  }[];
  /** Endpoints whose entry cannot be used: nothing is sent to them, and all else goes on. */
  readonly leftOut: readonly LeftOutEndpoint[];
}

export const bindingsPath = (folder: string): string => join(folder, 'bindings.json');

const DEFAULT_FILE = {
  kind: 'bindings',
  format: 1,
  feeds: { hospital: { listen: { host: '127.0.0.1', port: '${WARDFLOW_MLLP_PORT}', tls: null, allow: [] } } },
  endpoints: { ehr: { base: '${WARDFLOW_FHIR_BASE}', auth: { kind: 'none' } } },
};

/**
 * Reads `<folder>/bindings.json` (the environment's own folder); the first start writes one with the shipped names.
 * @throws WardflowError `bindings-unreadable`, `bindings-invalid` (all problems; not those within one endpoint, which is
 * left out), `data-folder-unwritable`
 */
export async function loadBindings(folder: string, config: Config): Promise<Bindings> {
  const file = bindingsPath(folder);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (codeOf(error) !== 'ENOENT')
      throw configErrors.create('bindings-unreadable', { file, reason: codeOf(error) }, { cause: error });
    text = `${JSON.stringify(DEFAULT_FILE, null, 2)}\n`;
    try {
      makeFolder(folder);
      await writeFile(file, text, { flag: 'wx', mode: 0o600 });
    } catch (cause) {
      if (codeOf(cause) !== 'EEXIST')
        throw configErrors.create('data-folder-unwritable', { folder, reason: codeOf(cause) }, { cause });
    }
  }
  return parseBindings(text, config, file);
}

/** The same from text: for checks of a file that is not in force yet. */
export function parseBindings(text: string, config: Config, file = 'bindings.json'): Bindings {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw configErrors.create('bindings-unreadable', { file, reason: 'it is not JSON' }, { cause: error });
  }
  const problems: Problem[] = [];
  const unresolved: { kind: BoundKind; name: string; setting: string }[] = [];
  const leftOut: LeftOutEndpoint[] = [];
  const values = settingTexts(config);
  const fill = (kind: BoundKind, section: string): void => {
    const entries = isRecord(json) ? json[section] : undefined;
    if (!isRecord(entries)) return;
    for (const [name, entry] of Object.entries(entries)) {
      const missing = new Set<string>();
      const wrong: Problem[] = [];
      const filled = substitute(entry, `${section}.${name}`, values, missing, wrong);
      entries[name] = filled;
      const isEndpoint = kind === 'endpoint' && isEndpointName(name);
      if (isEndpoint && missing.size === 0) wrong.push(...endpointProblems(name, filled));
      if (isEndpoint && wrong.length > 0) {
        leftOut.push(leftOutEndpoint(name, wrong));
        delete entries[name];
        continue;
      }
      problems.push(...wrong);
      for (const setting of missing) unresolved.push({ kind, name, setting });
      if (missing.size > 0) delete entries[name];
    }
  };
  fill('feed', 'feeds');
  fill('endpoint', 'endpoints');
  fill('channel', 'channels');
  fill('subscription', 'subscriptions');
  fill('events', 'events');
  problems.push(...bindingsCheck.problems(json));
  problems.push(...allowProblems(json));
  const channels = readChannels(
    isRecord(json) ? json['channels'] : undefined,
    endpointKinds(json, unresolved, leftOut),
    problems,
  );
  if (problems.length > 0 || !bindingsCheck.accepts(json))
    throw configErrors.create('bindings-invalid', { file, problems: `${describeProblems(problems)}.` });
  return {
    feeds: mapValues(json.feeds, ({ listen }) => ({ listen: listenBinding(listen) })),
    subscriptions: mapValues(json.subscriptions ?? {}, ({ listen, publicBase, credential }) => ({
      listen: listenBinding(listen),
      publicBase: publicBase.replace(/\/+$/, ''),
      credential,
    })),
    events: mapValues(json.events ?? {}, ({ listen, auth, perMinute }) => ({
      listen: listenBinding(listen),
      auth,
      perMinute: perMinute ?? 6_000,
    })),
    endpoints: mapValues(json.endpoints, endpointBinding),
    channels,
    unresolved,
    leftOut,
  };
}

/** `null`: what stands there rests on a setting that is not set, or cannot be used. */
function endpointKinds(
  json: unknown,
  unresolved: Bindings['unresolved'],
  leftOut: Bindings['leftOut'],
): ReadonlyMap<string, EndpointBinding['kind'] | null> {
  const endpoints = isRecord(json) && isRecord(json['endpoints']) ? Object.entries(json['endpoints']) : [];
  return new Map([
    ...endpoints.map(([name, one]) => [name, kindOf(one)] as const),
    ...unresolved.flatMap(({ kind, name }) => (kind === 'endpoint' ? [[name, null] as const] : [])),
    ...leftOut.map(({ name }) => [name, null] as const),
  ]);
}

const kindOf = (endpoint: unknown): EndpointBinding['kind'] => {
  const kind = isRecord(endpoint) ? endpoint['kind'] : undefined;
  return kind === 'mllp' || kind === 'http' ? kind : 'fhir';
};

/** What is not an address would be found out by whoever is not let in. */
function allowProblems(json: unknown): Problem[] {
  const entriesOf = (section: string): readonly (readonly [string, string, unknown])[] =>
    isRecord(json) && isRecord(json[section])
      ? Object.entries(json[section]).map(([name, entry]) => [section, name, entry] as const)
      : [];
  return [...entriesOf('feeds'), ...entriesOf('subscriptions'), ...entriesOf('events')].flatMap(
    ([section, name, feed]) => {
      const allow = isRecord(feed) && isRecord(feed['listen']) ? feed['listen']['allow'] : undefined;
      if (!Array.isArray(allow)) return [];
      return allow.flatMap((entry: unknown, i) =>
        typeof entry !== 'string' || isAllowEntry(entry)
          ? []
          : [
              {
                place: `${section}.${name}.listen.allow[${i}]`,
                what: 'must be an address or a network, such as 10.1.0.0/16',
              },
            ],
      );
    },
  );
}

const listenBinding = ({ host, port, tls, allow }: ListenInFile): FeedBinding['listen'] => ({
  host,
  port,
  tls: tls ? { ...tls, clientCa: tls.clientCa ?? null } : null,
  allow: allow ?? [],
});

function httpBinding(endpoint: Extract<EndpointInFile, { kind: 'http' }>): HttpEndpointBinding {
  return {
    kind: 'http',
    base: endpoint.base.replace(/\/+$/, ''),
    auth: endpoint.auth ?? { kind: 'none' },
    tls: sendTls(endpoint.tls),
    timeoutMs: endpoint.timeoutMs ?? 15_000,
    concurrency: endpoint.concurrency ?? 8,
    maxAnswerBytes: endpoint.maxAnswerBytes ?? 1024 * 1024,
  };
}

function endpointBinding(endpoint: EndpointInFile): EndpointBinding {
  if (endpoint.kind === 'http') return httpBinding(endpoint);
  if (endpoint.kind !== 'mllp') {
    const { auth, tls, timeoutMs = 15_000, concurrency = 8, ...rest } = endpoint;
    return {
      ...rest,
      kind: 'fhir',
      base: endpoint.base.replace(/\/+$/, ''),
      auth: auth ? fhirAuth(auth) : NO_AUTH,
      tls: sendTls(tls),
      timeoutMs,
      concurrency,
    };
  }
  const { host, port, tls, answerMs = 30_000, connections = 1, idleMs = 300_000 } = endpoint;
  return { kind: 'mllp', host, port, tls: sendTls(tls), answerMs, connections, idleMs };
}

const NO_AUTH = { kind: 'none' } as const;

function sendTls(tls: Partial<SendTls> | null | undefined): SendTls | null {
  const { ca = null, client = null, serverName = null } = tls ?? {};
  return tls ? { ca, client, serverName } : null;
}

/** What `${NAME}` may stand for: settings that are not secrets. `null`: a setting that is not set. */
function settingTexts(config: Config): ReadonlyMap<string, string | null> {
  return new Map(
    SETTING_KEYS.filter((key) => !SETTINGS[key].secret).map((key) => {
      const setting = SETTINGS[key] as Setting<unknown>;
      return [setting.env, setting.format(config[key])];
    }),
  );
}

const REFERENCE = /\$\{([A-Z0-9_]+)\}/g;

function substitute(
  value: unknown,
  place: string,
  values: ReadonlyMap<string, string | null>,
  missing: Set<string>,
  problems: Problem[],
): unknown {
  if (Array.isArray(value)) return value.map((one, i) => substitute(one, `${place}[${i}]`, values, missing, problems));
  if (isRecord(value))
    return mapValues(value, (one, key) => substitute(one, `${place}.${key}`, values, missing, problems));
  if (typeof value !== 'string') return value;
  const text = value.replace(REFERENCE, (whole, name: string) => {
    const found = values.get(name);
    if (found === undefined) problems.push({ place, what: `names \${${name}}, which is not a setting` });
    if (found === null) missing.add(name);
    return found ?? whole;
  });
  // A port written as `${NAME}` is a number once it is filled in.
  return text !== value && /^\d{1,5}$/.test(text) ? Number(text) : text;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function mapValues<V, W>(record: Readonly<Record<string, V>>, change: (value: V, key: string) => W): Record<string, W> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]));
}
