import { Button } from '@mantine/core';
import type { SessionEntry } from '../../api/people-contract.ts';
import { ScrollX } from '../feedback/scroll-x.tsx';
import { moment } from '../time/duration.ts';
import { browserName } from './browser-name.ts';

/** Sessions of one person, each with a way to end it. */
export function SessionTable({
  sessions,
  onEnd,
}: {
  readonly sessions: readonly SessionEntry[];
  readonly onEnd: ((id: string) => void) | null;
}) {
  const now = Date.now();
  return (
    <ScrollX stacked label="Sessions, table">
      <table className="plain-table">
        <thead>
          <tr>
            <th>Where</th>
            <th>Since</th>
            <th>Last used</th>
            <th>
              <span className="visually-hidden">End it</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {sessions.map((one) => (
            <tr key={one.id}>
              <td>
                {browserName(one.agent)} <span className="dim no-wrap">{one.address}</span>
              </td>
              <td className="no-wrap">{moment(one.createdAt, now)}</td>
              <td className="no-wrap">{one.current ? 'this one' : moment(one.lastSeenAt, now)}</td>
              <td className="number">
                {!one.current && onEnd && (
                  <Button
                    variant="default"
                    size="compact-xs"
                    aria-label={`End the session of ${browserName(one.agent)} since ${moment(one.createdAt, now)}`}
                    onClick={() => onEnd(one.id)}
                  >
                    End
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollX>
  );
}
