/** What the runner needs of the other side of an endpoint, whatever is spoken there. */
import type { Fault, FaultKind } from './scenario.ts';

export interface Simulator {
  /** Requests that will have no answer, or none yet. */
  readonly held: number;
  /** Requests that are being answered. */
  readonly serving: number;
  /** A fault that nothing has met, or not as often as it should: what it was to show was not shown. */
  readonly faultUnmet: boolean;
  /** When it answers something that it holds, on the scenario's clock; `null`: never. */
  readonly nextAt: number | null;
  readonly faults: ReadonlySet<FaultKind>;
  setFault(fault: Fault): Promise<void>;
  /** Does what is due by now; whether there was anything. */
  tick(now: number): boolean;
  /** Its entry in bindings.json. */
  binding(): object;
  close(): Promise<void>;
}
