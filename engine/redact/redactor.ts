/** A profile at work on one export. */
import { createHmac, randomBytes } from 'node:crypto';
import { redactErrors } from './errors.ts';
import { NOTHING_CLINICAL, nothingClinical } from './nothing-clinical.ts';
import { readProfile, type RedactedRecord, type RedactionProfile } from './profile.ts';
import { redactFhir, redactRecord } from './redact-json.ts';
import { redactHl7 } from './redact-hl7.ts';
import { MASK } from './redact-value.ts';

export interface Redactor {
  readonly profile: RedactionProfile;
  hl7(text: string): string;
  fhir(resource: unknown): unknown;
  /** A record that the profile says nothing of is masked whole. */
  record(kind: RedactedRecord, value: unknown): unknown;
  /** What was received: HL7 v2 or FHIR JSON by what it is; anything else is masked whole. */
  body(text: string): string;
}

/** `key`: of hashes; left out, one that nobody knows. */
export function createRedactor(profile: RedactionProfile, key: Uint8Array = randomBytes(32)): Redactor {
  const hash = (text: string): string => createHmac('sha256', key).update(text).digest('hex').slice(0, 12);
  const hl7 = (text: string): string => redactHl7(text, profile.hl7, hash);
  const fhir = (resource: unknown): unknown => redactFhir(resource, profile.fhir, hash);
  return {
    profile,
    hl7,
    fhir,
    record(kind, value) {
      const rules = profile.records[kind];
      return rules ? redactRecord(value, rules, hash) : MASK;
    },
    body(text) {
      if (!/^\s*\{/.test(text)) return hl7(text);
      try {
        return JSON.stringify(fhir(JSON.parse(text)), null, 2);
      } catch {
        return MASK;
      }
    },
  };
}

/**
 * The profile of that name: the one that is built in, or a site's own, as `read` gives its file.
 * @throws WardflowError `redaction-unknown`, `redaction-invalid`
 */
export async function findProfile(
  name: string,
  site: { readonly names: readonly string[]; read(name: string): Promise<string> },
): Promise<RedactionProfile> {
  // A site's file of this name would mean something else to whoever reads the name.
  if (name === NOTHING_CLINICAL) return nothingClinical;
  if (site.names.includes(name)) return readProfile(name, await site.read(name));
  const known = [NOTHING_CLINICAL, ...site.names].join(', ');
  throw redactErrors.create('redaction-unknown', { name: name.slice(0, 63), known });
}
