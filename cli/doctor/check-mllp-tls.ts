import { readFile } from 'node:fs/promises';
import {
  bindingsPath,
  environmentFolder,
  parseBindings,
  readListenTls,
  readSendTls,
  TLS_ENDS_SOON_MS,
  tlsFolderOf,
  WardflowError,
  type Bindings,
  type Config,
  type EndpointBinding,
  type FeedBinding,
} from '../../engine/index.ts';
import { isLoopback } from '../../governance/server/tls/listening.ts';
import { ok, warning, wrong, type Finding } from './finding.ts';

const DAY_MS = 86_400_000;
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

/** A file that cannot be used is a finding, and the others are still looked at. */
function guarded(about: string, look: () => readonly Finding[]): readonly Finding[] {
  try {
    return look();
  } catch (error) {
    if (error instanceof WardflowError) return [wrong(about, error.message, error.remedy)];
    throw error;
  }
}

const RENEW = 'Renew it: Wardflow takes the new files within a minute, without a restart.';

function dates(
  about: string,
  what: string,
  { validFrom, validUntil }: { readonly validFrom: number; readonly validUntil: number },
  now: number,
): Finding {
  const until = new Date(validUntil).toISOString().slice(0, 10);
  if (now >= validUntil) return wrong(about, `${what} ran out on ${until}`, RENEW);
  if (now < validFrom)
    return wrong(
      about,
      `${what} is not valid yet`,
      'Check the clock of this machine, or the dates of the certificate.',
    );
  if (validUntil - now >= TLS_ENDS_SOON_MS) return ok(about, `${what} is valid until ${until}`);
  const days = Math.floor((validUntil - now) / DAY_MS);
  return warning(about, `${what} runs out in ${days === 1 ? '1 day' : `${days} days`} (${until})`, RENEW);
}

/** Only what needs doing: many authorities of a hospital are long-lived and of no interest here. */
function authorities(about: string, file: string, validUntil: number, now: number): readonly Finding[] {
  const found = dates(about, `an authority in ${file}`, { validFrom: 0, validUntil }, now);
  return found.level === 'ok' ? [] : [found];
}

function openKey(about: string, isOpen: boolean, file: string): readonly Finding[] {
  if (!isOpen) return [];
  return [
    warning(about, `other users of this machine may read or change ${file}`, 'Run chmod 600 on it, as its owner.'),
  ];
}
