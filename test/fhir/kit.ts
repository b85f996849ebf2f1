import {
  createFhirEndpoints,
  ManualClock,
  silentLog,
  type FhirBinding,
  type FhirEndpoint,
  type FhirEndpoints,
} from '../../engine/index.ts';
import type { Failure, FhirResult } from '../../engine/index.ts';

export interface EndpointUnderTest {
  readonly ehr: FhirEndpoint;
  readonly endpoints: FhirEndpoints;
  readonly clock: ManualClock;
  /** Names published as changed. */
  readonly changes: string[];
  close(): Promise<void>;
}

export function endpointTo(
  base: string,
  more: Partial<FhirBinding> = {},
  folder = '/nowhere',
  clock = new ManualClock(),
  log = silentLog,
): EndpointUnderTest {
  const changes: string[] = [];
  const endpoints = createFhirEndpoints({
    bindings: { ehr: { base, ...more } },
    folder,
    clock,
    log,
    live: { publish: (change) => void (change.kind === 'endpoint' && changes.push(change.name)) },
  });
  return { endpoints, ehr: endpoints.get('ehr'), clock, changes, close: () => endpoints.close() };
}

export function failure(result: FhirResult): Failure {
  if (result.ok) throw new Error(`expected a failure, got HTTP ${result.answer.status}`);
  return result.failure;
}

export function short(result: FhirResult): string {
  const { class: kind, code } = failure(result);
  return `${kind} ${code}`;
}

export const KEY = { system: 'urn:wardflow:effect', value: 'k'.repeat(64) };
export const TASK = { resourceType: 'Task', status: 'requested', intent: 'order' };
