import { useEffect, useRef } from 'react';
import { flushSync } from 'react-dom';

export interface Shortcut {
  /** A key (`j`, `Enter`, `?`) or two in a row (`g m`). */
  readonly keys: string;
  readonly what: string;
  run(): void;
}
export interface ShortcutGroup {
  readonly name: string;
  readonly shortcuts: readonly Shortcut[];
}

const groups = new Set<{ readonly current: ShortcutGroup }>();
let pending: { readonly key: string; readonly at: number } | null = null;
const SEQUENCE_MS = 1200;

export const activeGroups = (): readonly ShortcutGroup[] => [...groups].map((group) => group.current);

/** Makes shortcuts work, and appear in the help, while the component is shown. */
export function useShortcuts(name: string, shortcuts: readonly Shortcut[]): void {
  const group = useRef<ShortcutGroup>({ name, shortcuts });
  useEffect(() => {
    group.current = { name, shortcuts };
  });
  useEffect(() => {
    if (groups.size === 0) window.addEventListener('keydown', onKey);
    groups.add(group);
    return () => {
      groups.delete(group);
      if (groups.size === 0) window.removeEventListener('keydown', onKey);
    };
  }, []);
}

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  const target = event.target instanceof HTMLElement ? event.target : null;
  // Typing is typing, and an open sheet has the keyboard to itself.
  if (target?.closest('input, textarea, select, [contenteditable], [role="dialog"]')) return;
  if (document.querySelector('[role="dialog"]')) return;
  const sequence = pending && event.timeStamp - pending.at < SEQUENCE_MS ? `${pending.key} ${event.key}` : null;
  const all = activeGroups().flatMap((group) => group.shortcuts);
  const hit = all.find((one) => one.keys === sequence) ?? all.find((one) => one.keys === event.key);
  pending = all.some((one) => one.keys.startsWith(`${event.key} `)) ? { key: event.key, at: event.timeStamp } : null;
  if (!hit) return;
  event.preventDefault();
  // At once, and not with the next frame: the next key may be there before, and would go to what lies behind the sheet.
  flushSync(() => hit.run());
  const sheet = document.querySelector('[role="dialog"]');
  if (sheet && !sheet.contains(document.activeElement)) sheet.querySelector<HTMLElement>('[data-autofocus]')?.focus();
}
