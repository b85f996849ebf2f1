import { auditSentence } from '../../../engine/index.ts';
import type { IndexedEntry } from '../search/audit-index.ts';
import { auditEvent } from './audit-event.ts';

export const EXPORT_FORMATS = ['jsonl', 'fhir'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** NDJSON has a media type for FHIR only. */
export const EXPORT_TYPES: Readonly<Record<ExportFormat, { readonly type: string; readonly file: string }>> = {
  jsonl: { type: 'application/x-ndjson', file: 'wardflow-audit.jsonl' },
  fhir: { type: 'application/fhir+ndjson', file: 'wardflow-audit.fhir.ndjson' },
};

/**
 * Lines of an export. `jsonl`: the record as it is in its chain, whose name and sentence stand beside it, so that a whole
 * chain can be verified from the file. `fhir`: an AuditEvent each.
 */
export async function* exportLines(
  entries: AsyncIterable<readonly IndexedEntry[]>,
  format: ExportFormat,
  host: string,
): AsyncGenerator<string> {
  for await (const page of entries)
    yield page.map((entry) => `${JSON.stringify(lineOf(entry, format, host))}\n`).join('');
}

function lineOf({ chain, record }: IndexedEntry, format: ExportFormat, host: string): object {
  return format === 'fhir' ? auditEvent({ chain, record }, host) : { chain, sentence: auditSentence(record), record };
}
