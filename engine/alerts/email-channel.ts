/** E-mail over SMTP (RFC 5321), one connection for each alert: alerts are few, and a kept connection hides that it is dead. */
import { join } from 'node:path';
import type { SMTPTransportOptions } from 'nodemailer/lib/smtp-transport';
import type { WardflowError } from '../base/errors.ts';
import { readCredential } from '../config/credential.ts';
import type { EmailChannelBinding } from '../config/channels.ts';
import { failureOf } from '../queue/failure.ts';
import { readAuthorities } from '../tls/certificate.ts';
import type { AlertChannel, AlertMessage, SendOutcome } from './channel.ts';
import { alertErrors } from './errors.ts';
import { addressesOf } from './recipients.ts';

/** @param folder of the environment */
export function emailChannel(name: string, binding: EmailChannelBinding, folder: string): AlertChannel {
  const { recipients, from } = binding;
  return {
    name,
    async send(message) {
      const to = addressesOf(recipients, message);
      if (to.length === 0)
        return refused(alertErrors.create('channel-without-address', { channel: name, to: message.to }));
      const options = await optionsOf(name, binding, folder);
      if ('failed' in options) return refused(options.failed);
      const { createTransport } = await import('nodemailer');
      const transport = createTransport(options.smtp);
      try {
        await transport.sendMail({ from, to, ...mailOf(message, from) });
        return { ok: true, state: 'sent' };
      } catch (error) {
        return refused(classified(name, error));
      } finally {
        transport.close();
      }
    },
  };
}

const refused = (error: WardflowError): SendOutcome => ({ ok: false, failure: failureOf(error) });

/** The same Message-ID in every repeat: mail programs show it once, or beside the first. */
function mailOf({ key, text, link, repeat, kind }: AlertMessage, from: string) {
  const subject = repeat ? `${text} (repeated)` : text;
  const domain = from.slice(from.lastIndexOf('@') + 1);
  return {
    subject,
    text: `${subject}\n\n${link}\n${repeat ? '\nThis may have reached you before.\n' : ''}`,
    messageId: `<${key}@${domain}>`,
    headers: {
      'Auto-Submitted': 'auto-generated',
      'X-Wardflow-Alert': key,
      ...(kind === 'started' && { Importance: 'high' }),
      ...(repeat && { 'X-Wardflow-Repeat': 'true' }),
    },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

async function optionsOf(
  channel: string,
  { host, port, tls, ca, login, timeoutMs }: EmailChannelBinding,
  folder: string,
): Promise<{ readonly smtp: SMTPTransportOptions } | { readonly failed: WardflowError }> {
  const secret = login && (await readCredential(folder, login.credential));
  if (login && !secret)
    return { failed: alertErrors.create('channel-credential-missing', { channel, credential: login.credential }) };
  let authorities: string | undefined;
  try {
    authorities = ca === null ? undefined : authoritiesIn(channel, folder, ca);
  } catch (error) {
    return { failed: error as WardflowError };
  }
  return {
    smtp: {
      host,
      port,
      secure: tls === 'implicit',
      requireTLS: tls === 'starttls',
      ignoreTLS: tls === 'none',
      // Verifying is said here, since an environment variable of Node.js changes the default.
      tls: { minVersion: 'TLSv1.2', rejectUnauthorized: true, ...(authorities !== undefined && { ca: authorities }) },
      ...(login && secret && { auth: { user: login.user, pass: secret.text } }),
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      dnsTimeout: timeoutMs,
    },
  };
}

/** @throws WardflowError `channel-tls-file` */
export function authoritiesIn(channel: string, folder: string, file: string): string {
  return readAuthorities(join(folder, 'tls', file), (path, reason) =>
    alertErrors.create('channel-tls-file', { channel, file: path.replace(/^.*[/\\]/, ''), reason }),
  ).pem;
}

/** What TLS says of a certificate, in the words of OpenSSL. */
export const NOT_TRUSTED = /^(?:ERR_TLS_|ERR_SSL_|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_)/;
const NOT_SENT = new Set(['EDNS', 'ETLS', 'ECONFIG', 'EREQUIRETLS']);

/** Texts of the library may quote addresses and what the server said: only codes are told. */
function classified(channel: string, error: unknown): WardflowError {
  const { code, originalCode, responseCode, syscall } = fieldsOf(error);
  const reason = responseCode === undefined ? code : `SMTP ${responseCode}`;
  if (responseCode !== undefined)
    return responseCode >= 500
      ? alertErrors.create('channel-refused', { channel, reason })
      : alertErrors.create('channel-unreachable', { channel, reason });
  if (code === 'EAUTH' || code === 'EENVELOPE') return alertErrors.create('channel-refused', { channel, reason });
  if (NOT_TRUSTED.test(originalCode)) return alertErrors.create('channel-refused', { channel, reason: originalCode });
  // Of a connection that breaks, the library does not say how far it had come.
  if (NOT_SENT.has(code) || syscall === 'connect')
    return alertErrors.create('channel-unreachable', { channel, reason });
  return alertErrors.create('channel-unsure', { channel, reason });
}

function fieldsOf(error: unknown): {
  readonly code: string;
  readonly originalCode: string;
  readonly responseCode: number | undefined;
  readonly syscall: string | undefined;
} {
  const known: { code?: unknown; originalCode?: unknown; responseCode?: unknown; syscall?: unknown } =
    typeof error === 'object' && error !== null ? error : {};
  const { responseCode, syscall } = known;
  const named = (code: unknown): string =>
    typeof code === 'string' && /^[A-Z_]{2,60}$/.test(code) ? code : 'unknown reason';
  return {
    code: named(known.code),
    originalCode: named(known.originalCode),
    responseCode: typeof responseCode === 'number' ? responseCode : undefined,
    syscall: typeof syscall === 'string' ? syscall : undefined,
  };
}
