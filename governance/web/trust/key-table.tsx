import { BadgeCheck, Ban } from 'lucide-react';
import type { TrustView } from '../../api/release-contract.ts';
import { ScrollX } from '../feedback/scroll-x.tsx';
import { Hash } from '../signing/hash.tsx';
import { momentOf } from '../signing/moment-of.ts';
import { ToneMark } from '../states/state-mark.tsx';

/** Those that count first. */
export function KeyTable({ keys }: { readonly keys: TrustView['keys'] }) {
  const sorted = keys.toSorted(
    (a, b) => Number(a.revoked !== null) - Number(b.revoked !== null) || (a.person < b.person ? -1 : 1),
  );
  return (
    <ScrollX label="People and their keys, table">
      <table className="plain-table">
        <thead>
          <tr>
            <th>Person</th>
            <th>Roles</th>
            <th>Key</th>
            <th>State</th>
            <th>Added</th>
          </tr>
        </thead>
        <tbody>
          {sorted.map(({ id, person, roles, revoked, addedAt, addedBy }) => (
            <tr key={id}>
              <td>{person}</td>
              <td>{roles.join(', ') || 'none'}</td>
              <td>
                <Hash of={id} />
              </td>
              <td>
                {revoked ? (
                  <>
                    <ToneMark tone="danger" icon={Ban}>
                      revoked
                    </ToneMark>{' '}
                    <span className="dim">
                      {momentOf(revoked.at)} by {revoked.by}: “{revoked.reason}”
                    </span>
                  </>
                ) : (
                  <ToneMark tone="ok" icon={BadgeCheck}>
                    trusted
                  </ToneMark>
                )}
              </td>
              <td className="no-wrap">
                {momentOf(addedAt)} by {addedBy}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollX>
  );
}
