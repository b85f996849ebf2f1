/** A check with an end: whatever a resource makes of it, it gives the thread back after the time given. */
import { Script } from 'node:vm';
import type { FhirResource } from '../endpoint.ts';
import type { ValidationOutcome } from './validation.ts';

export type Checked = { readonly outcome: ValidationOutcome } | { readonly problem: 'timed-out' | 'unavailable' };
export type BoundedCheck = (json: string) => Checked;

/** Where the script finds what it runs: a script is the only thing that Node ends after a time. Gone when it returns. */
const PLACE = Symbol.for('wardflow.validation');
const RUN = new Script('globalThis[Symbol.for("wardflow.validation")]()');

/** Loads the definitions; they are gone with the function. */
export async function loadBoundedCheck(timeMs: number): Promise<BoundedCheck> {
  const [{ checkResource }, { Definitions }, { ValueSets }, { loadExpressions }] = await Promise.all([
    import('./check-resource.ts'),
    import('./definitions.ts'),
    import('./value-sets.ts'),
    import('./expressions.ts'),
  ]);
  const parts = { definitions: new Definitions(), valueSets: new ValueSets(), expressions: await loadExpressions() };
  return (json) => {
    const run = (): ValidationOutcome => checkResource(JSON.parse(json) as FhirResource, parts);
    Object.defineProperty(globalThis, PLACE, { value: run, configurable: true });
    try {
      return { outcome: RUN.runInThisContext({ timeout: timeMs }) as ValidationOutcome };
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      return { problem: code === 'ERR_SCRIPT_EXECUTION_TIMEOUT' ? 'timed-out' : 'unavailable' };
    } finally {
      Reflect.deleteProperty(globalThis, PLACE);
    }
  };
}
