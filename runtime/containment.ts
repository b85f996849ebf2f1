/**
 * What Node's permission model leaves to whoever runs code in a runtime (a function node leaves its sandbox in one line),
 * taken away once the engine has what it needs and before any node is loaded. Defence in depth, no wall: SECURITY.md says
 * what remains. `node:sqlite` does: its exports cannot be replaced for modules that import them.
 */
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { runtimeErrors } from './errors.ts';

/** Where the process was not started under the permission model, nothing is taken away: it would only look confined. */
export function isConfined(): boolean {
  return confined;
}

let confined = false;

/** For good: there is no way back for this process. Does nothing without the permission model. */
export function confine(): boolean {
  if (!permissions()) return false;
  confined = true;
  const require = createRequire(import.meta.url);
  // A worker started with `execArgv: []` would run without the permission model, and so would one that the loader's
  // own thread starts. Dropped, none is started at all, by whatever way to it.
  permissions()?.drop?.('worker');
  take(require('node:worker_threads'), ['Worker']);
  take(require('node:module'), ['register']);
  // Flags of V8 write files by themselves, wherever they are told to.
  take(require('node:v8'), ['setFlagsFromString']);
  takeSignals();
  syncBuiltinESMExports();
  return true;
}

interface Permissions {
  has(scope: string): boolean;
  /** Node 24.21 has it, its types do not yet. */
  drop?(scope: string): void;
}

function permissions(): Permissions | undefined {
  return (process as { permission?: Permissions }).permission;
}

/** `new` and a call of it both throw; the prototype of the original leads to the refusal as well. */
function take(holder: Record<string, unknown>, names: readonly string[]): void {
  for (const name of names) {
    const original = holder[name];
    if (typeof original !== 'function') continue;
    const refusal = function (): never {
      throw runtimeErrors.create('confined', { what: name });
    };
    put(holder, name, refusal);
    const prototype: unknown = original.prototype;
    // From an instance of the engine's, its class would be one step away.
    if (typeof prototype === 'object' && prototype !== null) put(prototype, 'constructor', refusal);
  }
}

/** Signals reach every process of this user: the console, another environment, the supervisor. */
function takeSignals(): void {
  // A flow may write `process.pid`, and replace what calls a function by its name.
  const { pid: own } = process;
  for (const name of ['kill', '_kill']) {
    const original: unknown = Reflect.get(process, name);
    if (typeof original !== 'function') continue;
    const send = original.bind(process) as (pid: number, signal: unknown) => unknown;
    put(process, name, (pid: unknown, signal: unknown): unknown => {
      if (pid !== own) throw runtimeErrors.create('confined', { what: 'kill' });
      return send(own, signal);
    });
  }
  take(process as unknown as Record<string, unknown>, ['_debugProcess']);
}

function put(holder: object, name: string, value: unknown): void {
  Object.defineProperty(holder, name, { value, enumerable: true, configurable: false, writable: false });
}
