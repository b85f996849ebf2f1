/**
 * A POST of JSON to a pager or SMS service. Signed like `Wardflow-Signature: t=<seconds>,v1=<HMAC-SHA-256 of "<t>.<body>", hex>`;
 * `Idempotency-Key` is the same in every repeat. Redirects are not followed: they would carry it to where nobody bound it.
 */
import { createHmac } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import type { WardflowError } from '../base/errors.ts';
import { readCredential } from '../config/credential.ts';
import { PLACEHOLDERS, type WebhookChannelBinding } from '../config/channels.ts';
import { failureOf } from '../queue/failure.ts';
import type { AlertChannel, AlertMessage, SendOutcome } from './channel.ts';
import { authoritiesIn, NOT_TRUSTED } from './email-channel.ts';
import { alertErrors } from './errors.ts';
import { addressesOf } from './recipients.ts';

const LARGEST_BODY = 64 * 1024;
const LARGEST_ANSWER = 64 * 1024;
const LONGEST_WAIT_MS = 3_600_000;

export function webhookChannel(
  name: string,
  binding: WebhookChannelBinding,
  folder: string,
  clock: Clock,
): AlertChannel {
  const { recipients, template } = binding;
  // A service that knows itself whom to page needs no addresses.
  const needsAddress = Object.keys(recipients).length > 0;

  async function secretOf(credential: string | null): Promise<string | null> {
    if (credential === null) return null;
    const found = await readCredential(folder, credential);
    if (!found) throw alertErrors.create('channel-credential-missing', { channel: name, credential });
    return found.text;
  }

  async function post(message: AlertMessage): Promise<SendOutcome> {
    const addresses = addressesOf(recipients, message);
    if (needsAddress && addresses.length === 0)
      throw alertErrors.create('channel-without-address', { channel: name, to: message.to });
    const body = JSON.stringify(filled(template ?? WHOLE, valuesOf(message, addresses)));
    if (Buffer.byteLength(body) > LARGEST_BODY)
      throw alertErrors.create('channel-refused', { channel: name, reason: 'the body is too large' });
    const [secret, token] = [await secretOf(binding.secret), await secretOf(binding.token)];
    const seconds = Math.floor(clock.now() / 1000);
    const answer = await exchange(binding, folder, name, body, {
      'content-type': 'application/json',
      'idempotency-key': message.key,
      ...(message.repeat && { 'wardflow-repeat': 'true' }),
      ...(token !== null && { authorization: `Bearer ${token}` }),
      ...(secret !== null && {
        'wardflow-signature': `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`,
      }),
    });
    const { status } = answer;
    if (status >= 200 && status < 300) return { ok: true, state: 'sent' };
    throw refusal(name, status, answer.retryAfter);
  }

  return {
    name,
    async send(message) {
      try {
        return await post(message);
      } catch (error) {
        return { ok: false, failure: failureOf(classified(name, error)) };
      }
    },
  };
}

interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
}

async function exchange(
  { url, ca, timeoutMs }: WebhookChannelBinding,
  folder: string,
  channel: string,
  body: string,
  headers: Readonly<Record<string, string>>,
): Promise<Answer> {
  const authorities = ca === null ? undefined : authoritiesIn(channel, folder, ca);
  const { Agent, request } = await import('undici');
  const agent = new Agent({
    maxResponseSize: LARGEST_ANSWER,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    // Verifying is said here, since an environment variable of Node.js changes the default.
    connect: { timeout: timeoutMs, rejectUnauthorized: true, ...(authorities !== undefined && { ca: authorities }) },
  });
  try {
    const answer = await request(url, { method: 'POST', body, headers, dispatcher: agent });
    // What it says is not needed, and the status has settled it: a body that breaks off changes nothing.
    answer.body.on('error', () => undefined).resume();
    const after = answer.headers['retry-after'];
    return { status: answer.statusCode, retryAfter: typeof after === 'string' ? after : undefined };
  } finally {
    await agent.destroy();
  }
}

function refusal(channel: string, status: number, retryAfter: string | undefined): WardflowError {
  const reason = `status ${status}`;
  if (status === 429 || status === 503) {
    const seconds = /^\d{1,6}$/.test(retryAfter ?? '') ? Number(retryAfter) : 60;
    const retryAfterMs = Math.min(seconds * 1000, LONGEST_WAIT_MS);
    return alertErrors.create('channel-busy', { channel, reason }, { retryAfterMs });
  }
  if (status >= 500 || status === 408) return alertErrors.create('channel-unsure', { channel, reason });
  return alertErrors.create('channel-refused', { channel, reason });
}

const NOT_SENT = /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$/;

function classified(channel: string, error: unknown): WardflowError {
  if (error instanceof Error && error.name === 'WardflowError') return error as WardflowError;
  const code =
    error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown reason';
  if (NOT_SENT.test(code)) return alertErrors.create('channel-unreachable', { channel, reason: code });
  if (NOT_TRUSTED.test(code)) return alertErrors.create('channel-refused', { channel, reason: code });
  return alertErrors.create('channel-unsure', { channel, reason: code });
}

type Values = Readonly<Record<(typeof PLACEHOLDERS)[number], string | readonly string[] | boolean>>;

/** All of it by its names. */
const WHOLE = Object.fromEntries(PLACEHOLDERS.map((name) => [name, `{{${name}}}`]));

function valuesOf({ reference, ...message }: AlertMessage, addresses: readonly string[]): Values {
  const { id, kind, text, link, to, repeat, at } = message;
  return {
    id,
    kind,
    text,
    link,
    to,
    addresses,
    repeat,
    at: new Date(at).toISOString(),
    tier: reference?.tier ?? '',
    policy: reference?.policy ?? '',
    message: reference?.messageId ?? '',
  };
}

/** A text that is one placeholder becomes its value, a list or a truth included; within a text it becomes words. */
function filled(template: unknown, values: Values): unknown {
  if (Array.isArray(template)) return template.map((one) => filled(one, values));
  if (typeof template === 'object' && template !== null)
    return Object.fromEntries(Object.entries(template).map(([key, value]) => [key, filled(value, values)]));
  if (typeof template !== 'string') return template;
  const find = (name: string): Values[keyof Values] => (values as Readonly<Record<string, string>>)[name] ?? '';
  const whole = /^\{\{(\w+)\}\}$/.exec(template)?.[1];
  if (whole !== undefined) return find(whole);
  return template.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = find(name);
    return Array.isArray(value) ? value.join(', ') : String(value);
  });
}
