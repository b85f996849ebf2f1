import type { ResolvedBinding } from './binding.ts';
import { changeChecked, patching, replacing } from './change-checked.ts';
import { createOnce } from './create-once.ts';
import type { FhirEndpoint } from './endpoint.ts';
import type { Exchange } from './exchange.ts';
import { isFailure, minimise, permittedFor, withRemoved, type SendLists } from './minimise/minimise.ts';
import type { Follow } from './provenance.ts';
import { removeChecked } from './remove-checked.ts';
import { transact } from './transaction.ts';

type Writing = 'createOnce' | 'update' | 'patch' | 'transaction' | 'remove';

/** Each sends only what the lists permit. */
export function writingCalls(
  { binding, call }: { readonly binding: Pick<ResolvedBinding, 'name'>; readonly call: Exchange['call'] },
  lists: SendLists,
  follow: Follow,
): Pick<FhirEndpoint, Writing> {
  const { name } = binding;
  return {
    createOnce: async (resource, identifier, { lookFirst = false } = {}) => {
      const made = await call({ type: resource.resourceType }, async (send) => {
        const less = minimise(resource, lists);
        if (less.kind === 'refused') return { ok: false, failure: less.failure };
        return withRemoved(await createOnce(name, less.value, identifier, lookFirst, send), less.removed);
      });
      return follow(made, 'CREATE');
    },
    update: async (type, id, change) =>
      follow(
        await call({ type, id }, (send) => changeChecked(name, type, id, replacing(type, id, change, lists), send)),
        'UPDATE',
      ),
    patch: async (type, id, make) =>
      follow(
        await call({ type, id }, (send) => changeChecked(name, type, id, patching(type, make, lists), send)),
        'UPDATE',
      ),
    transaction: async (bundle, key, { lookFirst = false } = {}) =>
      follow(
        await call({ type: 'Bundle' }, (send) => transact(name, bundle, key, { lookFirst, lists }, send)),
        'UPDATE',
      ),
    remove: (type, id, version) =>
      call({ type, id, version }, async (send) => {
        const permitted = permittedFor(lists, type);
        if (isFailure(permitted)) return { ok: false, failure: permitted };
        return removeChecked(type, id, version, send);
      }),
  };
}
