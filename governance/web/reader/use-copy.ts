import { useCallback, useState } from 'react';
import { useSay } from '../shell/announcer.tsx';
import { copyText } from './copy-text.ts';

/** Copies, says so, and knows what was copied last. */
export function useCopy(): { readonly copied: string | null; readonly copy: (text: string, what: string) => void } {
  const say = useSay();
  const [copied, setCopied] = useState<string | null>(null);
  const copy = useCallback(
    (text: string, what: string): void => {
      void copyText(text).then((done) => {
        setCopied(done ? text : null);
        say(done ? `${what} is copied.` : `${what} could not be copied: the browser does not allow it here.`);
      });
    },
    [say],
  );
  return { copied, copy };
}
