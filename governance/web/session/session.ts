import { createContext, useContext } from 'react';
import type { SessionView } from '../../api/contract.ts';
import type { Permission } from '../../api/permissions.ts';

export interface CurrentSession {
  readonly view: SessionView;
  /** Somewhere at all. */
  readonly may: (permission: Permission) => boolean;
  /** By a role that is not limited: for what belongs to no definition. */
  readonly mayEverywhere: (permission: Permission) => boolean;
  readonly logout: () => Promise<void>;
}

export const SessionContext = createContext<CurrentSession | null>(null);

export function useSession(): CurrentSession {
  const session = useContext(SessionContext);
  if (!session) throw new TypeError('useSession outside of a session');
  return session;
}
