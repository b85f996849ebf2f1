/**
 * `bindings.json`: where the feeds and endpoints that flows name are in this environment (format:
 * docs/reference/formats.md). `${NAME}` stands for a setting, so that the usual ports come from the environment.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '../base/error-code.ts';
import { makeFolder } from '../base/make-folder.ts';
import { isAllowEntry } from '../mllp/allow-list.ts';
import { describeProblems, type Problem } from '../base/json-schema.ts';
import { bindingsCheck, type EndpointInFile } from './bindings-schema.ts';
import { readChannels, type ChannelBinding } from './channels.ts';
import { configErrors } from './errors.ts';
import type { Setting } from './setting.ts';
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

export type EndpointBinding = FhirEndpointBinding | MllpEndpointBinding;

export interface FhirEndpointBinding {
  readonly kind: 'fhir';
  /** Without a slash at the end. */
  readonly base: string;
  readonly auth: { readonly kind: 'none' };
  /** Whole request; default 15 s. */
  readonly timeoutMs: number;
  /** Requests at a time; default 8. */
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

export interface Bindings {
  readonly feeds: Readonly<Record<string, FeedBinding>>;
  readonly endpoints: Readonly<Record<string, EndpointBinding>>;
  /** By what alerts reach people, beside the console. */
  readonly channels: Readonly<Record<string, ChannelBinding>>;
  /** Named in the file, but resting on a setting that is not set: these count as unbound. */
  readonly unresolved: readonly {
    readonly kind: 'feed' | 'endpoint' | 'channel';
    readonly name: string;
    readonly setting: string;
  }[];
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
 * @throws WardflowError `bindings-unreadable`, `bindings-invalid` (all problems), `data-folder-unwritable`
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
  const unresolved: { kind: 'feed' | 'endpoint' | 'channel'; name: string; setting: string }[] = [];
  const values = settingTexts(config);
  const fill = (kind: 'feed' | 'endpoint' | 'channel', section: string): void => {
    const entries = isRecord(json) ? json[section] : undefined;
    if (!isRecord(entries)) return;
    for (const [name, entry] of Object.entries(entries)) {
      const missing = new Set<string>();
      entries[name] = substitute(entry, `${section}.${name}`, values, missing, problems);
      for (const setting of missing) unresolved.push({ kind, name, setting });
      if (missing.size > 0) delete entries[name];
    }
  };
  fill('feed', 'feeds');
  fill('endpoint', 'endpoints');
  fill('channel', 'channels');
  problems.push(...bindingsCheck.problems(json));
  problems.push(...allowProblems(json));
  const channels = readChannels(
    isRecord(json) ? json['channels'] : undefined,
    endpointKinds(json, unresolved),
    problems,
  );
  if (problems.length > 0 || !bindingsCheck.accepts(json))
    throw configErrors.create('bindings-invalid', { file, problems: `${describeProblems(problems)}.` });
  return {
    feeds: mapValues(json.feeds, ({ listen: { host, port, tls, allow } }) => ({
      listen: { host, port, tls: tls ? { ...tls, clientCa: tls.clientCa ?? null } : null, allow: allow ?? [] },
    })),
    endpoints: mapValues(json.endpoints, endpointBinding),
    channels,
    unresolved,
  };
}

/** `null`: what stands there rests on a setting that is not set. */
function endpointKinds(json: unknown, unresolved: Bindings['unresolved']): ReadonlyMap<string, 'fhir' | 'mllp' | null> {
  const endpoints = isRecord(json) && isRecord(json['endpoints']) ? Object.entries(json['endpoints']) : [];
  return new Map([
    ...endpoints.map(([name, one]) => [name, isRecord(one) && one['kind'] === 'mllp' ? 'mllp' : 'fhir'] as const),
    ...unresolved.flatMap(({ kind, name }) => (kind === 'endpoint' ? [[name, null] as const] : [])),
  ]);
}

/** What is not an address would be found out by whoever is not let in. */
function allowProblems(json: unknown): Problem[] {
  const feeds = isRecord(json) && isRecord(json['feeds']) ? Object.entries(json['feeds']) : [];
  return feeds.flatMap(([name, feed]) => {
    const allow = isRecord(feed) && isRecord(feed['listen']) ? feed['listen']['allow'] : undefined;
    if (!Array.isArray(allow)) return [];
    return allow.flatMap((entry: unknown, i) =>
      typeof entry !== 'string' || isAllowEntry(entry)
        ? []
        : [{ place: `feeds.${name}.listen.allow[${i}]`, what: 'must be an address or a network, such as 10.1.0.0/16' }],
    );
  });
}

function endpointBinding(endpoint: EndpointInFile): EndpointBinding {
  if (endpoint.kind !== 'mllp')
    return {
      kind: 'fhir',
      base: endpoint.base.replace(/\/+$/, ''),
      auth: { kind: 'none' },
      timeoutMs: endpoint.timeoutMs ?? 15_000,
      concurrency: endpoint.concurrency ?? 8,
    };
  const { host, port, tls, answerMs = 30_000, connections = 1, idleMs = 300_000 } = endpoint;
  const { ca = null, client = null, serverName = null } = tls ?? {};
  return { kind: 'mllp', host, port, tls: tls ? { ca, client, serverName } : null, answerMs, connections, idleMs };
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
