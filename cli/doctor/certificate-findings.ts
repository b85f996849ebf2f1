import { TLS_ENDS_SOON_MS, WardflowError } from '../../engine/index.ts';
import { ok, warning, wrong, type Finding } from './finding.ts';

const DAY_MS = 86_400_000;

/** A file that cannot be used is a finding, and the others are still looked at. */
export function guarded(about: string, look: () => readonly Finding[]): readonly Finding[] {
  try {
    return look();
  } catch (error) {
    if (error instanceof WardflowError) return [wrong(about, error.message, error.remedy)];
    throw error;
  }
}

const RENEW = 'Renew it: Wardflow takes the new files within a minute, without a restart.';

export function dates(
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
export function authorities(about: string, file: string, validUntil: number, now: number): readonly Finding[] {
  const found = dates(about, `an authority in ${file}`, { validFrom: 0, validUntil }, now);
  return found.level === 'ok' ? [] : [found];
}

export function openKey(about: string, isOpen: boolean, file: string): readonly Finding[] {
  if (!isOpen) return [];
  return [
    warning(about, `other users of this machine may read or change ${file}`, 'Run chmod 600 on it, as its owner.'),
  ];
}
