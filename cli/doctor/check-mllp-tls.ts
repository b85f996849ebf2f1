import { readFile } from 'node:fs/promises';
import {
  bindingsPath,
  environmentFolder,
  parseBindings,
  readListenTls,
  readSendTls,
  tlsFolderOf,
  type Bindings,
  type Config,
  type EndpointBinding,
  type FeedBinding,
} from '../../engine/index.ts';
import { isLoopback } from '../../governance/server/tls/listening.ts';
import { authorities, dates, guarded, openKey } from './certificate-findings.ts';
import { warning, type Finding } from './finding.ts';

const ENVIRONMENTS = ['staging', 'production'];

/** What HL7 crosses the network with, in each environment of this machine: its certificates, or that it is in clear. */
export async function checkMllpTls(config: Config, now: number): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const environment of ENVIRONMENTS) {
    const folder = environmentFolder(config.dataFolder, environment);
    const bindings = await bindingsOf(config, environment);
    const tls = tlsFolderOf(folder);
    for (const [name, feed] of Object.entries(bindings?.feeds ?? {}))
      findings.push(...feedFindings(`feed ${name} (${environment})`, feed, tls, now));
    for (const [name, endpoint] of Object.entries(bindings?.endpoints ?? {}))
      findings.push(...endpointFindings(`endpoint ${name} (${environment})`, endpoint, tls, now));
  }
  return findings;
}

/** `null`: there are none, or what is wrong with them is said where bindings are checked, or by the runtime's start. */
async function bindingsOf(config: Config, environment: string): Promise<Bindings | null> {
  const file = bindingsPath(environmentFolder(config.dataFolder, environment));
  try {
    return parseBindings(await readFile(file, 'utf8'), config, file);
  } catch {
    return null;
  }
}

function feedFindings(about: string, { listen }: FeedBinding, folder: string, now: number): readonly Finding[] {
  const { host, port, tls } = listen;
  if (!tls) {
    if (isLoopback(host)) return [];
    return [
      warning(
        about,
        `takes messages in clear on ${host}:${port}: whoever can listen in on that network reads them`,
        'Give it "tls" in bindings.json, or let it listen on loopback behind a tunnel.',
      ),
    ];
  }
  return guarded(about, () => {
    const { validFrom, validUntil, keyIsOpen, clientCaUntil } = readListenTls(folder, tls);
    return [
      dates(about, `the certificate ${tls.certificate}`, { validFrom, validUntil }, now),
      ...(clientCaUntil === null ? [] : authorities(about, tls.clientCa ?? '', clientCaUntil, now)),
      ...openKey(about, keyIsOpen, tls.key),
    ];
  });
}

function endpointFindings(about: string, endpoint: EndpointBinding, folder: string, now: number): readonly Finding[] {
  if (endpoint.kind !== 'mllp') return [];
  const { host, port, tls } = endpoint;
  if (!tls) {
    if (isLoopback(host)) return [];
    return [
      warning(
        about,
        `is sent messages in clear at ${host}:${port}: whoever can listen in on the way reads them`,
        'Give it "tls" in bindings.json, or send through a tunnel.',
      ),
    ];
  }
  return guarded(about, () => {
    const { client, caUntil } = readSendTls(folder, tls);
    return [
      ...(caUntil === null ? [] : authorities(about, tls.ca ?? '', caUntil, now)),
      ...(client && tls.client ? [dates(about, `our certificate ${tls.client.certificate}`, client, now)] : []),
      ...openKey(about, client?.keyIsOpen === true, tls.client?.key ?? ''),
    ];
  });
}
