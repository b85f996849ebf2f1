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

  search(type: string, params: Readonly<Record<string, string>>): Promise<FhirResult> {
    const wanted = params['identifier'] ?? '';
    this.reads.push(`${type}?identifier=${wanted}`);
    if (this.down) return Promise.resolve(failed(this.down));
    const status = this.statuses.get(wanted);
    const [system, value] = wanted.split('|');
    // A server that searches loosely: another task comes first.
    const other = { resourceType: 'Task', id: 'other', status: 'accepted', identifier: [{ system, value: 'other' }] };
    const ours = { resourceType: 'Task', id: 'ours', status, identifier: [{ system, value }] };
    const entry = (status === undefined ? [other] : [other, ours]).map((resource) => ({ resource }));
    const resource = { resourceType: 'Bundle', entry };
    return Promise.resolve({ ok: true, answer: { status: 200, resource, etag: null, location: null } });
  }
}

function failed(failureClass: Failure['class']): FhirResult {
  return { ok: false, failure: { class: failureClass, code: 'test-failure', text: 'The test says so.' } };
}
