import { isIP } from 'node:net';
import { checkServerIdentity, rootCertificates } from 'node:tls';
import { join } from 'node:path';
import type { Agent, buildConnector } from 'undici';
import type { SendTls } from '../config/bindings.ts';
import {
  readAuthorities,
  readCertificate,
  type Authorities,
  type Certificate,
  type Unusable,
} from '../tls/certificate.ts';
import type { ResolvedBinding } from './binding.ts';
import { fhirErrors } from './errors.ts';

const CONNECT_TIMEOUT_MS = 5_000;

/** The files that a binding names, in the folder `tls` of the environment. @throws WardflowError `endpoint-tls-file` */
export function readEndpointTls(
  endpoint: string,
  folder: string,
  tls: SendTls,
): { readonly authorities: Authorities | null; readonly own: Certificate | null } {
  const unusable: Unusable = (file, reason) =>
    fhirErrors.create('endpoint-tls-file', { endpoint, file: file.replace(/^.*[/\\]/, ''), reason });
  const at = (name: string): string => join(folder, 'tls', name);
  return {
    authorities: tls.ca === null ? null : readAuthorities(at(tls.ca), unusable),
    own: tls.client && readCertificate(at(tls.client.certificate), at(tls.client.key), unusable),
  };
}

/**
 * How connections to the server of a binding are made. Certificates are read at each connecting, so that renewed ones need no
 * restart. `token`: to an authorization server elsewhere, which is trusted as the system does, too, and is not shown our
 * certificate.
 */
export function connecting(
  binding: ResolvedBinding,
  folder: string,
  build: typeof buildConnector,
  to: 'fhir' | 'token' = 'fhir',
): NonNullable<Agent.Options['connect']> {
  // Verifying is said here, since an environment variable of Node.js changes the default.
  const common = { timeout: CONNECT_TIMEOUT_MS, rejectUnauthorized: true, minVersion: 'TLSv1.2' } as const;
  const { tls, name } = binding;
  if (!tls) return common;
  let made: { readonly of: string; readonly connect: buildConnector.connector } | undefined;
  return (options, callback) => {
    let connect: buildConnector.connector;
    let serverName: string | null = null;
    try {
      const { authorities, own } = readEndpointTls(name, folder, tls);
      const ca = authorities && (to === 'fhir' ? authorities.pem : [authorities.pem, ...rootCertificates]);
      const client = to === 'fhir' ? own : null;
      serverName = to === 'fhir' ? tls.serverName : null;
      const named = serverName;
      const of = JSON.stringify([authorities?.pem, client?.cert, client?.key]);
      if (made?.of !== of)
        made = {
          of,
          connect: build({
            ...common,
            ...(ca && { ca }),
            ...(client && { cert: client.cert, key: client.key }),
            ...(named !== null && { checkServerIdentity: (_host, cert) => checkServerIdentity(named, cert) }),
          }),
        };
      ({ connect } = made);
    } catch (error) {
      callback(error as Error, null);
      return;
    }
    connect(serverName !== null && isIP(serverName) === 0 ? { ...options, servername: serverName } : options, callback);
  };
}
