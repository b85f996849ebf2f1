/** FHIR endpoints whose tasks a test sets; counts what is read. */
import type { Failure, FhirEndpoint, FhirEndpoints, FhirResult } from '../../engine/index.ts';

export class TaskServer implements Pick<FhirEndpoints, 'get'> {
  /** Task id to status. */
  readonly statuses = new Map<string, string>();
  readonly reads: string[] = [];
  down: Failure['class'] | null = null;

  get(name: string): FhirEndpoint {
    if (name !== 'ehr') throw new Error('not bound');
    return this as unknown as FhirEndpoint;
  }

  read(type: string, id: string): Promise<FhirResult> {
    this.reads.push(`${type}/${id}`);
    if (this.down) return Promise.resolve(failed(this.down));
    const status = this.statuses.get(id);
    if (status === undefined) return Promise.resolve(failed('permanent'));
    const resource = { resourceType: 'Task', id, status };
    return Promise.resolve({ ok: true, answer: { status: 200, resource, etag: 'W/"1"', location: null } });
  }
}

function failed(failureClass: Failure['class']): FhirResult {
  return { ok: false, failure: { class: failureClass, code: 'test-failure', text: 'The test says so.' } };
}
