/** What a preview says of a resource that FHIR R4 is asked about. */
import type { FhirResource, ValidationOutcome } from '../../engine/index.ts';
import type { PreviewRow } from '../../runtime/services.ts';
import { problemOf } from './preview.ts';

const MOST_FINDINGS = 8;

/** `undefined`: there is no validator. */
export type Validating = (resource: FhirResource) => Promise<ValidationOutcome> | undefined;

export interface Findings {
  readonly rows: readonly PreviewRow[];
  /** `undefined`: that could not be worked out. */
  readonly worst: 'errors' | 'warnings' | 'valid' | undefined;
}

/** @param field the name under which the form shows them */
export async function findingRows(field: string, resource: FhirResource, validate: Validating): Promise<Findings> {
  try {
    const outcome = await validate(resource);
    if (!outcome) return { rows: [], worst: undefined };
    const told = outcome.findings.filter(({ severity }) => severity !== 'information');
    const rows = told.slice(0, MOST_FINDINGS).map(({ severity, path, text }): PreviewRow => {
      const said = `${path}: ${text}`;
      return severity === 'error' ? { field, problem: { title: said, remedy: '' } } : { field, value: said };
    });
    const more = told.length - rows.length + outcome.more;
    if (more > 0) rows.push({ field, value: `and ${more} more` });
    if (told.length === 0) rows.push({ field, value: 'no errors, no warnings' });
    return { rows, worst: outcome.valid ? (told.length > 0 ? 'warnings' : 'valid') : 'errors' };
  } catch (error) {
    return { rows: [{ field, problem: problemOf(error) }], worst: undefined };
  }
}
