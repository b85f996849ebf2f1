/** Looks at what a server holds of what was written there. */
import { canonicalJson } from '../base/canonical-json.ts';
import type { FhirEndpoint, FhirResource, FhirResult } from '../fhir/endpoint.ts';
import { carriersIn, identifierTerm } from '../fhir/identifier.ts';
import type { Failure, Found } from '../store/contract/index.ts';
import { versionOf, type Written } from './written.ts';

export interface Finding {
  readonly found: Found;
  readonly version: string | null;
  readonly copies: number | null;
}

type Read =
  { readonly kind: 'there'; readonly resource: FhirResource } | { readonly kind: 'none' } | { readonly kind: Untold };

/** `away`: the server could not be asked; `refused`: it says nothing of this one. Nothing is known either way. */
export type Untold = 'away' | 'refused';

export async function look(
  endpoint: Pick<FhirEndpoint, 'read' | 'search'>,
  written: Written,
): Promise<Finding | Untold> {
  const { type, resourceId, identifier } = written;
  const read: Read = resourceId === null ? { kind: 'none' } : readOf(await endpoint.read(type, resourceId));
  if (read.kind === 'away' || read.kind === 'refused') return read.kind;
  if (!identifier) {
    if (read.kind === 'there') return { ...compared(written, read.resource), copies: null };
    return { found: 'missing', version: null, copies: null };
  }
  const how = type === 'Provenance' ? '_tag' : 'identifier';
  const searched = await endpoint.search(type, { [how]: identifierTerm(identifier) });
  if (!searched.ok) return untold(searched.failure);
  const carriers = carriersIn(searched.answer.resource, type, identifier);
  const others = carriers.filter(({ id }) => id !== resourceId);
  const copies = others.length + (read.kind === 'there' ? 1 : 0);
  if (copies > 1) return { found: 'duplicate', version: null, copies };
  if (read.kind === 'there') return { ...compared(written, read.resource), copies };
  // Under another id: a server that was moved, or one that was written to again.
  if (copies === 1) return { found: 'changed', version: versionOf(others[0] ?? null), copies };
  return { found: 'missing', version: null, copies };
}

function readOf(result: FhirResult): Read {
  if (!result.ok) {
    const { code } = result.failure;
    return code === 'fhir-not-found' || code === 'fhir-gone' ? { kind: 'none' } : { kind: untold(result.failure) };
  }
  return result.answer.resource ? { kind: 'there', resource: result.answer.resource } : { kind: 'refused' };
}

/** That one is kept from us must not keep us from looking at the others; that we are not let in does. */
const untold = ({ class: kind, code }: Failure): Untold =>
  kind === 'permanent' && code.startsWith('fhir-') ? 'refused' : 'away';

function compared({ version, content }: Written, current: FhirResource): Pick<Finding, 'found' | 'version'> {
  const now = versionOf(current);
  const [ours, theirs] = [content && plain(content), plain(current)];
  const isAlike = ours === null || theirs === null || ours === theirs;
  if (version === null || now === null) return { found: isAlike ? 'as-written' : 'changed', version: now };
  if (version === now) return { found: isAlike ? 'as-written' : 'differs', version: now };
  return { found: isBefore(now, version) ? 'differs' : 'changed', version: now };
}

/** Versions that are numbers only grow, but where a backup was restored. */
function isBefore(one: string, other: string): boolean {
  return /^\d{1,15}$/.test(one) && /^\d{1,15}$/.test(other) && Number(one) < Number(other);
}

/** What a server keeps of its own is in `meta`. `null`: nothing that can be compared. */
function plain(resource: FhirResource): string | null {
  try {
    return canonicalJson(JSON.parse(JSON.stringify({ ...resource, meta: undefined })));
  } catch {
    return null;
  }
}
