import { stat } from 'node:fs/promises';
import type { Config } from '../../engine/index.ts';
import { readConsoleCertificate } from '../../governance/server/tls/certificate.ts';
import { EXPIRES_SOON_MS } from '../../governance/server/tls/https-listener.ts';
import { isLoopback, listeningOf } from '../../governance/server/tls/listening.ts';
import { note, ok, warning, wrong, type Finding } from './finding.ts';

const DAY_MS = 86_400_000;
const RENEW = 'Renew it: the console takes the new files within a minute, without a restart.';

/** The certificate of the console: whether it can be used, for what names, and for how long. */
export async function checkTls(config: Config, now: number): Promise<readonly Finding[]> {
  // Throws where the settings contradict each other, or the files cannot be used: that is a finding as well.
  const { tls, publicUrl } = listeningOf(config);
  if (!tls) return [note('TLS', 'no certificate: the console is reached from this machine only')];
  const { names, validFrom, validUntil, isFor } = readConsoleCertificate(tls.certFile, tls.keyFile);
  const until = new Date(validUntil).toISOString().slice(0, 10);
  const found: Finding[] = [];
  if (now >= validUntil) found.push(wrong('TLS', `the certificate of the console ran out on ${until}`, RENEW));
  else if (now < validFrom)
    found.push(
      wrong('TLS', 'the certificate of the console is not valid yet', 'Check the clock of this machine, or its dates.'),
    );
  else if (validUntil - now < EXPIRES_SOON_MS)
    found.push(
      warning('TLS', `the certificate of the console runs out in ${daysLeft(validUntil - now)} (${until})`, RENEW),
    );
  else found.push(ok('TLS', `the certificate of the console is valid until ${until}, for ${names || 'no name'}`));
  if (publicUrl?.protocol === 'https:' && !isLoopback(tls.host) && !isFor(publicUrl.hostname))
    found.push(
      warning(
        'TLS',
        `the certificate is not for ${publicUrl.hostname}, the host of WARDFLOW_PUBLIC_URL`,
        'Get one that names it, unless a proxy with a certificate of its own stands in front of the console.',
      ),
    );
  if (((await stat(tls.keyFile)).mode & 0o077) !== 0)
    found.push(
      warning(
        'TLS',
        `other users of this machine may read or change ${tls.keyFile}`,
        'Run chmod 600 on it, as its owner.',
      ),
    );
  return found;
}

function daysLeft(ms: number): string {
  const days = Math.floor(ms / DAY_MS);
  return days === 1 ? '1 day' : `${days} days`;
}
