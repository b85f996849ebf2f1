import type { Express } from 'express';
import type { Access } from './guards.ts';

export interface RouteAccess {
  readonly method: string;
  /** Below where its router is mounted. */
  readonly path: string;
  /** `undefined`: the route has no guard, which the test of all routes refuses. */
  readonly access: Access | undefined;
  /** A second permission that is needed; absent: none. */
  readonly also?: Access;
}

/** What the router library keeps of a route; not in its types. */
interface Layer {
  readonly route?: {
    readonly path: unknown;
    readonly methods: Readonly<Record<string, boolean>>;
    readonly stack: readonly { readonly handle: { readonly access?: Access } }[];
  };
  readonly handle: { readonly stack?: readonly Layer[] };
}

/** Every route of the app and of the routers in it, with what its guards demand. */
export function routesOf(app: Express): readonly RouteAccess[] {
  return walk((app.router as unknown as { readonly stack: readonly Layer[] }).stack);
}

function walk(stack: readonly Layer[]): readonly RouteAccess[] {
  return stack.flatMap(({ route, handle }) => {
    if (!route) return walk(handle.stack ?? []);
    const methods = Object.keys(route.methods).filter((name) => route.methods[name] === true);
    const [access, also] = [0, 1].map((nth) => route.stack[nth]?.handle.access);
    const demands = { access, ...(also !== undefined && { also }) };
    return methods.map((method) => ({ method: method.toUpperCase(), path: String(route.path), ...demands }));
  });
}
