/**
 * `channels` of bindings.json: by what alerts reach people in this environment (format: docs/reference/formats.md). The channel
 * `console` is always there. Addresses of people are here, never in a flow; secrets are files in the folder `credentials`
 * of the environment, and only their names are here.
 */
import { schemaCheck, type Problem } from '../base/json-schema.ts';

/** Role, person or roster as policies call them -> where they are reached. */
export type Recipients = Readonly<Record<string, readonly string[]>>;

export type ChannelBinding = EmailChannelBinding | WebhookChannelBinding | FhirChannelBinding | Hl7ChannelBinding;

export interface EmailChannelBinding {
  readonly kind: 'email';
  readonly host: string;
  readonly port: number;
  /** `none` only where the server is on this machine. */
  readonly tls: 'implicit' | 'starttls' | 'none';
  /** File in the folder `tls`: whom its certificate must come from; `null`: an authority that the system trusts. */
  readonly ca: string | null;
  readonly from: string;
  readonly login: { readonly user: string; readonly credential: string } | null;
  readonly recipients: Recipients;
  readonly timeoutMs: number;
}

export interface WebhookChannelBinding {
  readonly kind: 'webhook';
  readonly url: string;
  readonly ca: string | null;
  /** Body: JSON whose texts may hold placeholders such as `{{text}}`; `null`: all of them by their names. */
  readonly template: unknown;
  /** Name of the secret that the body is signed with (HMAC-SHA-256). */
  readonly secret: string | null;
  /** Name of what is sent as a bearer token. */
  readonly token: string | null;
  readonly recipients: Recipients;
  readonly timeoutMs: number;
}

/** A Communication on a FHIR endpoint. */
export interface FhirChannelBinding {
  readonly kind: 'fhir';
  readonly endpoint: string;
  /** References: `Practitioner/12`. */
  readonly recipients: Recipients;
}

/** An ORU^R40 (alert) on an HL7 endpoint. */
export interface Hl7ChannelBinding {
  readonly kind: 'hl7';
  readonly endpoint: string;
  readonly recipients: Recipients;
}

/** What a webhook's template may name. */
export const PLACEHOLDERS = [
  'id',
  'kind',
  'text',
  'link',
  'to',
  'addresses',
  'repeat',
  'at',
  'tier',
  'policy',
  'message',
] as const;

const NAME = {
  type: 'string',
  pattern: '^[a-z][a-z0-9-]{0,62}$',
  description: 'a name of small letters, digits and -',
};
const FILE = {
  type: 'string',
  pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$',
  description: 'a file name in the folder credentials or tls of the environment',
};
const CA = { ...FILE, type: ['string', 'null'] };
const TIMEOUT = { type: 'integer', minimum: 100, maximum: 60_000 };
const EMAIL = '^[^\\s<>,;:"@\\x00-\\x1f]{1,64}@[A-Za-z0-9.-]{1,190}$';
const recipients = (address: object): object => ({
  type: 'object',
  maxProperties: 1000,
  propertyNames: { type: 'string', pattern: '^[\\w][\\w .@-]{0,99}$', description: 'a role, a person or a roster' },
  additionalProperties: { type: 'array', minItems: 1, maxItems: 50, uniqueItems: true, items: address },
});
const address = (pattern: string, description: string): object => ({
  type: 'string',
  maxLength: 300,
  pattern,
  description,
});

const kinds: Readonly<Record<ChannelBinding['kind'], object>> = {
  email: {
    type: 'object',
    additionalProperties: false,
    required: ['kind', 'host', 'port', 'from', 'recipients'],
    properties: {
      kind: { const: 'email' },
      host: address('^[A-Za-z0-9.:-]{1,255}$', 'a host name or an address'),
      port: { type: 'integer', minimum: 1, maximum: 65535 },
      tls: { enum: ['implicit', 'starttls', 'none'] },
      ca: CA,
      from: address(EMAIL, 'a mail address'),
      login: {
        type: ['object', 'null'],
        additionalProperties: false,
        required: ['user', 'credential'],
        properties: { user: address('^[\\x20-\\x7e]+$', 'a user name'), credential: FILE },
      },
      recipients: recipients(address(EMAIL, 'a mail address')),
      timeoutMs: TIMEOUT,
    },
  },
  webhook: {
    type: 'object',
    additionalProperties: false,
    required: ['kind', 'url'],
    properties: {
      kind: { const: 'webhook' },
      url: {
        type: 'string',
        maxLength: 2000,
        pattern: '^https?://[^/\\s?#@]+[^\\s#@]*$',
        description: 'a URL of https:// without a user or fragment',
      },
      ca: CA,
      template: { type: 'object' },
      secret: FILE,
      token: FILE,
      recipients: recipients(address('^[^\\x00-\\x1f]+$', 'a number or an address')),
      timeoutMs: TIMEOUT,
    },
  },
  fhir: {
    type: 'object',
    additionalProperties: false,
    required: ['kind', 'endpoint', 'recipients'],
    properties: {
      kind: { const: 'fhir' },
      endpoint: NAME,
      recipients: recipients(
        address('^[A-Z][A-Za-z]{1,60}/[A-Za-z0-9.-]{1,64}$', 'a reference such as Practitioner/12'),
      ),
    },
  },
  hl7: {
    type: 'object',
    additionalProperties: false,
    required: ['kind', 'endpoint'],
    properties: {
      kind: { const: 'hl7' },
      endpoint: NAME,
      recipients: recipients(address('^[\\x20-\\x7e]+$', 'a number or an address')),
    },
  },
};
const checks = {
  email: schemaCheck<Given<EmailChannelBinding>>(kinds.email),
  webhook: schemaCheck<Given<WebhookChannelBinding>>(kinds.webhook),
  fhir: schemaCheck<FhirChannelBinding>(kinds.fhir),
  hl7: schemaCheck<Given<Hl7ChannelBinding>>(kinds.hl7),
};
type Given<B> = Partial<B> &
  Omit<B, 'tls' | 'ca' | 'login' | 'template' | 'secret' | 'token' | 'recipients' | 'timeoutMs'>;

const MOST_CHANNELS = 50;
const LARGEST_TEMPLATE = 16 * 1024;
const CHANNEL_NAME = new RegExp(NAME.pattern);
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/;

/** What is wrong is put into `problems`; what it gives is whole only where nothing is. */
export function readChannels(
  section: unknown,
  endpointKinds: ReadonlyMap<string, 'fhir' | 'mllp' | 'http' | null>,
  problems: Problem[],
): Readonly<Record<string, ChannelBinding>> {
  if (section === undefined) return {};
  if (typeof section !== 'object' || section === null || Array.isArray(section)) {
    problems.push({ place: 'channels', what: 'must be an object' });
    return {};
  }
  const entries = Object.entries(section);
  if (entries.length > MOST_CHANNELS) problems.push({ place: 'channels', what: `has more than ${MOST_CHANNELS}` });
  const found: Record<string, ChannelBinding> = {};
  for (const [name, entry] of entries.slice(0, MOST_CHANNELS)) {
    const place = `channels.${name}`;
    if (!CHANNEL_NAME.test(name)) problems.push({ place, what: `must be ${NAME.description}` });
    if (name === 'console') problems.push({ place, what: 'is always there and is not bound' });
    const channel = readChannel(entry, place, problems);
    if (!channel) continue;
    found[name] = channel;
    for (const what of wrongWith(channel, endpointKinds)) problems.push({ place, what });
  }
  return found;
}

function readChannel(entry: unknown, place: string, problems: Problem[]): ChannelBinding | undefined {
  const kind = typeof entry === 'object' && entry !== null && 'kind' in entry ? entry.kind : undefined;
  const refused = (check: { problems(json: unknown): readonly Problem[] }): undefined => {
    for (const one of check.problems(entry))
      problems.push({ place: one.place === '' ? place : `${place}.${one.place}`, what: one.what });
  };
  switch (kind) {
    case 'email':
      if (!checks.email.accepts(entry)) return refused(checks.email);
      return { tls: 'starttls', ca: null, login: null, timeoutMs: 15_000, recipients: {}, ...entry };
    case 'webhook':
      if (!checks.webhook.accepts(entry)) return refused(checks.webhook);
      return { ca: null, template: null, secret: null, token: null, timeoutMs: 10_000, recipients: {}, ...entry };
    case 'fhir':
      return checks.fhir.accepts(entry) ? entry : refused(checks.fhir);
    case 'hl7':
      return checks.hl7.accepts(entry) ? { recipients: {}, ...entry } : refused(checks.hl7);
    default:
      problems.push({ place: `${place}.kind`, what: `must be one of ${Object.keys(kinds).join(', ')}` });
      return undefined;
  }
}

function wrongWith(
  channel: ChannelBinding,
  endpointKinds: ReadonlyMap<string, 'fhir' | 'mllp' | 'http' | null>,
): readonly string[] {
  switch (channel.kind) {
    case 'email':
      return channel.tls === 'none' && !LOOPBACK.test(channel.host)
        ? ['must have "tls" "starttls" or "implicit": without, only a server on this machine is spoken to']
        : [];
    case 'webhook': {
      if (!URL.canParse(channel.url)) return ['has a "url" that is none'];
      const { protocol, hostname } = new URL(channel.url);
      return [
        ...(protocol === 'https:' || LOOPBACK.test(hostname)
          ? []
          : ['must have a "url" of https://: without, only this machine is spoken to']),
        ...templateProblems(channel.template),
      ];
    }
    case 'fhir':
      return boundAs(channel.endpoint, 'fhir', endpointKinds);
    case 'hl7':
      return boundAs(channel.endpoint, 'mllp', endpointKinds);
    default:
      return channel satisfies never;
  }
}

/** `null`: bound where a setting is set. */
function boundAs(
  name: string,
  kind: 'fhir' | 'mllp',
  endpointKinds: ReadonlyMap<string, 'fhir' | 'mllp' | 'http' | null>,
): readonly string[] {
  const bound = endpointKinds.get(name);
  return bound === kind || bound === null ? [] : [`names "${name}", which is no endpoint of the kind ${kind}`];
}

function templateProblems(template: unknown): readonly string[] {
  const text = JSON.stringify(template);
  if (text.length > LARGEST_TEMPLATE) return [`has a "template" of more than ${LARGEST_TEMPLATE} characters`];
  const known: readonly string[] = PLACEHOLDERS;
  return [...text.matchAll(/\{\{([^{}]{0,100})\}\}/g)]
    .filter(([, name = '']) => !known.includes(name))
    .map(([, name = '']) => `has the placeholder {{${name}}} in its "template", which is none of ${known.join(', ')}`);
}
