import type { QueryClient } from '@tanstack/react-query';
import { createContext, useContext, useEffect, useState } from 'react';
import { io, type Socket } from 'socket.io-client';
import type { LiveEvents, RuntimeEntry } from '../../api/contract.ts';
import { ENVIRONMENT } from './environment.ts';

/** `live`: changes arrive as they happen. `reconnecting`: what is shown may be old. */
export type LiveState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  | { readonly kind: 'reconnecting' }
  | { readonly kind: 'runtime-down'; readonly entry: RuntimeEntry };

/** At most one refetch of a kind in this time: a burst of messages is one repaint. */
const EVERY_MS = 1000;
/** No query has such a key. */
const EVERYTHING = '*';

export const LiveContext = createContext<LiveState>({ kind: 'connecting' });
export const useLiveState = (): LiveState => useContext(LiveContext);

/** Holds the socket and refetches what a change makes stale. */
export function useLiveConnection(client: QueryClient): LiveState {
  const [connected, setConnected] = useState<'connecting' | 'up' | 'down'>('connecting');
  const [runtime, setRuntime] = useState<RuntimeEntry | null>(null);

  useEffect(() => {
    const stale = new Set<string>();
    let timer: number | undefined;
    let last = 0;
    const flush = (): void => {
      timer = undefined;
      last = Date.now();
      const kinds = [...stale];
      stale.clear();
      if (kinds.includes(EVERYTHING)) void client.invalidateQueries();
      else for (const kind of kinds) void client.invalidateQueries({ queryKey: kind.split(' ') });
    };
    const touch = (...kinds: readonly string[]): void => {
      for (const kind of kinds) stale.add(kind);
      timer ??= window.setTimeout(flush, Math.max(0, last + EVERY_MS - Date.now()));
    };

    const socket: Socket<LiveEvents> = io({ path: '/live', transports: ['websocket'], reconnectionDelayMax: 5000 });
    socket.on('connect', () => {
      setConnected('up');
      // Whatever happened in between was not told.
      void client.invalidateQueries();
    });
    socket.on('disconnect', (reason) => {
      setConnected('down');
      // The server cut it (socket.io does not come back by itself then): the session says whether it still stands.
      if (reason === 'io server disconnect') void client.invalidateQueries({ queryKey: ['runtimes'] });
    });
    socket.on('connect_error', () => setConnected('down'));
    socket.on('runtime', (entry) => {
      if (entry.name !== ENVIRONMENT) return touch('runtimes');
      setRuntime(entry);
      // It was away, or somebody else was: notices and all else are in its store, and are asked for again.
      if (entry.reachable) touch(EVERYTHING);
    });
    socket.on('changes', ({ runtime: environment, changes, more }) => {
      if (environment !== ENVIRONMENT) return;
      if (more) touch('message', 'task', 'alert', 'identities');
      for (const change of changes) {
        if (change.kind === 'message') touch('messages', 'status', `message ${change.id}`);
        else if (change.kind === 'escalation') touch('escalations', 'status', 'message');
        else if (change.kind === 'task') touch('tasks', 'shift', `task ${change.id}`);
        else if (change.kind === 'alert') touch('alerts', 'shift', `alert ${change.id}`);
        else if (change.kind === 'problem') touch('problems', 'task');
        else if (change.kind === 'identity') touch('identities', 'status', 'task', 'alert');
        else if (change.kind === 'fallback') touch('fallbacks', 'status');
        else if (change.kind === 'notice') touch('notices', 'escalations');
        else if (change.kind === 'gap') touch(EVERYTHING);
        else if (change.kind === 'switch') touch('switches', 'status', 'queue');
        else touch('status');
      }
    });
    socket.on('environment', ({ environment }) =>
      touch('environments', `environment ${environment}`, `trust ${environment}`, 'changes', 'keys'),
    );
    socket.on('proposal', ({ number }) => touch('proposals', `proposal ${number}`));
    socket.on('ended', () => void client.invalidateQueries({ queryKey: ['runtimes'] }));
    return () => {
      window.clearTimeout(timer);
      socket.close();
    };
  }, [client]);

  if (connected === 'connecting') return { kind: 'connecting' };
  if (connected === 'down') return { kind: 'reconnecting' };
  return runtime && !runtime.reachable ? { kind: 'runtime-down', entry: runtime } : { kind: 'live' };
}
