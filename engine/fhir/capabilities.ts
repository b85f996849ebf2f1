import type { Clock } from '../base/clock.ts';
import type { FhirResource, FhirResult } from './endpoint.ts';

const KEPT_MS = 3_600_000;

/** The CapabilityStatement, asked for once an hour, by one request however many want it. Failures are not kept. */
export function keptCapabilities(clock: Clock, ask: () => Promise<FhirResult>): () => Promise<FhirResult> {
  let kept: { readonly result: Promise<FhirResult>; readonly until: number } | undefined;
  return () => {
    if (kept && kept.until > clock.now()) return kept.result;
    const result = ask().then((asked) =>
      asked.ok ? { ...asked, answer: { ...asked.answer, resource: lean(asked.answer.resource) } } : asked,
    );
    const mine = { result, until: clock.now() + KEPT_MS };
    kept = mine;
    const forget = (): void => {
      if (kept === mine) kept = undefined;
    };
    void result.then((asked) => (asked.ok ? undefined : forget()), forget);
    return result;
  };
}

/** Without what is for reading only: it is the larger part, and it is kept. */
function lean(resource: FhirResource | null): FhirResource | null {
  if (resource === null) return null;
  const { text: _, ...rest } = resource;
  return rest;
}
