import { readFile } from 'node:fs/promises';
import {
  bindingsPath,
  environmentFolder,
  examineCredential,
  leftOutView,
  parseBindings,
  readEndpointTls,
  type Bindings,
  type Config,
  type FhirEndpointBinding,
} from '../../engine/index.ts';
import { isLoopback } from '../../governance/server/tls/listening.ts';
import { authorities, dates, guarded, openKey } from './certificate-findings.ts';
import { ok, warning, wrong, type Finding } from './finding.ts';

/**
 * How FHIR servers are reached from this machine: whether credentials and certificates can be used, and which endpoints of
 * any kind are left out for their entry. Nothing is asked of them.
 */
export async function checkFhirEndpoints(config: Config, now: number): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const environment of ['staging', 'production']) {
    const folder = environmentFolder(config.dataFolder, environment);
    const bindings = await bindingsIn(folder, config);
    for (const one of bindings?.leftOut ?? []) {
      const { text, remedy } = leftOutView(one);
      findings.push(wrong(`endpoint ${one.name} (${environment})`, text, remedy));
    }
    for (const [name, endpoint] of Object.entries(bindings?.endpoints ?? {})) {
      if (endpoint.kind !== 'fhir') continue;
      const about = `endpoint ${name} (${environment})`;
      findings.push(...clear(about, endpoint), ...(await credentialFindings(about, folder, endpoint)));
      findings.push(...certificateFindings(about, name, folder, endpoint, now));
    }
  }
  return findings;
}

/** `null`: there are none, or what is wrong with them is said where bindings are checked. */
async function bindingsIn(folder: string, config: Config): Promise<Bindings | null> {
  try {
    return parseBindings(await readFile(bindingsPath(folder), 'utf8'), config);
  } catch {
    return null;
  }
}

function clear(about: string, { base }: FhirEndpointBinding): readonly Finding[] {
  const { protocol, hostname } = new URL(base);
  if (protocol === 'https:' || isLoopback(hostname)) return [];
  return [
    warning(
      about,
      'is reached in clear: whoever can listen in on the way reads what is sent',
      'Give its "base" in bindings.json as an https address.',
    ),
  ];
}

async function credentialFindings(
  about: string,
  folder: string,
  { auth }: FhirEndpointBinding,
): Promise<readonly Finding[]> {
  const examined = await examineCredential(folder, auth);
  if (!examined) return [];
  const { name, problem, isOpen } = examined;
  if (problem !== null) {
    const what = auth.kind === 'bearer' ? 'the token, in one line,' : 'the private key (PEM or JWK) of this client';
    const remedy = `Put ${what} into the file "${name}" in the folder "credentials" of the environment.`;
    return [wrong(about, `the credential "${name}" cannot be used: ${problem}`, remedy)];
  }
  if (!isOpen) return [ok(about, `the credential "${name}" can be used`)];
  const text = `other users of this machine may read or change the credential "${name}"`;
  return [warning(about, text, 'Run chmod 600 on it, as its owner.')];
}

function certificateFindings(
  about: string,
  name: string,
  folder: string,
  { tls }: FhirEndpointBinding,
  now: number,
): readonly Finding[] {
  if (!tls) return [];
  return guarded(about, () => {
    const found = readEndpointTls(name, folder, tls);
    return [
      ...(found.authorities ? authorities(about, tls.ca ?? '', found.authorities.validUntil, now) : []),
      ...(found.own && tls.client ? [dates(about, `our certificate ${tls.client.certificate}`, found.own, now)] : []),
      ...openKey(about, found.own?.keyIsOpen === true, tls.client?.key ?? ''),
    ];
  });
}
