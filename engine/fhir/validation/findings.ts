import type { ValidationFinding, ValidationOutcome } from './validation.ts';

const MOST = 200;

/** Collects findings: of a resource with thousands, errors keep their places. */
export class Findings {
  readonly #kept: Record<ValidationFinding['severity'], ValidationFinding[]> = {
    error: [],
    warning: [],
    information: [],
  };
  #all = 0;
  #errors = 0;

  error(code: string, path: string, text: string): void {
    this.#errors += 1;
    this.#add({ severity: 'error', code, path, text });
  }

  warning(code: string, path: string, text: string): void {
    this.#add({ severity: 'warning', code, path, text });
  }

  #add(finding: ValidationFinding): void {
    this.#all += 1;
    const kept = this.#kept[finding.severity];
    if (kept.length < MOST) kept.push(finding);
  }

  outcome(): ValidationOutcome {
    const { error, warning, information } = this.#kept;
    const findings = [...error, ...warning, ...information].slice(0, MOST);
    return { valid: this.#errors === 0, findings, more: this.#all - findings.length };
  }
}
