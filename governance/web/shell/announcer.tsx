import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from 'react';

type Say = (sentence: string) => void;
const SayContext = createContext<Say>(() => undefined);
const SaidContext = createContext('');
const SHOWN_MS = 8000;

/** What was just done, in a place of its own in the header: seen, read out, and over nothing. */
export function Announcer({ children }: { readonly children: ReactNode }) {
  const [said, setSaid] = useState('');
  useEffect(() => {
    if (said === '') return undefined;
    const timer = window.setTimeout(() => setSaid(''), SHOWN_MS);
    return () => window.clearTimeout(timer);
  }, [said]);
  const say = useCallback<Say>((sentence) => setSaid(sentence), []);
  const value = useMemo(() => say, [say]);
  return (
    <SayContext value={value}>
      <SaidContext value={said}>{children}</SaidContext>
    </SayContext>
  );
}

export const useSay = (): Say => useContext(SayContext);
export const useSaid = (): string => useContext(SaidContext);
