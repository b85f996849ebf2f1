/** Offline validation of FHIR R4 resources: the base definitions, required bindings, and checks of our own. */
import type { FhirResource } from '../endpoint.ts';

export interface ValidationFinding {
  readonly severity: 'error' | 'warning' | 'information';
  /** FHIR issue type (R4 4.3.4.1.2): `structure`, `required`, `code-invalid`, `invariant`, `value`, `not-found`, `too-costly`. */
  readonly code: string;
  /** FHIRPath of the element: `Patient.name[0].family`. */
  readonly path: string;
  /** Names elements and rules; never a value. */
  readonly text: string;
}

export interface ValidationOutcome {
  readonly valid: boolean;
  /** At most 200, errors first. */
  readonly findings: readonly ValidationFinding[];
  /** Findings beyond those. */
  readonly more: number;
}

export interface FhirValidator {
  /** Throws `validation-busy` (too many wait), `validation-too-large`, `validation-timed-out`, `validation-unavailable`. */
  validate(resource: FhirResource): Promise<ValidationOutcome>;
  /**
   * Starts the thread now and keeps it, without definitions while idle: for a process that starts none later (a confined
   * runtime). Elsewhere it starts with the first resource, and ends when none came for a minute.
   */
  standBy(): void;
  /** Ends the worker; the next call starts another. */
  close(): Promise<void>;
}
