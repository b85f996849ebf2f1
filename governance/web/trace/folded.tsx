import { Button } from '@mantine/core';
import { useState } from 'react';

/** The first and the last of many: what lies between is shown when it is asked for. */
export function useFolded<T>(
  all: readonly T[],
  shown: { readonly first: number; readonly last: number },
): { readonly before: readonly T[]; readonly after: readonly T[]; readonly hidden: number; readonly open: () => void } {
  const [isOpen, setOpen] = useState(false);
  const hidden = all.length - shown.first - shown.last;
  // Folding a handful away saves nothing.
  if (isOpen || hidden < 4) return { before: all, after: [], hidden: 0, open: () => undefined };
  return { before: all.slice(0, shown.first), after: all.slice(-shown.last), hidden, open: () => setOpen(true) };
}

export function Unfold({ what, onOpen }: { readonly what: string; readonly onOpen: () => void }) {
  return (
    <Button variant="subtle" size="compact-sm" onClick={onOpen}>
      Show {what}
    </Button>
  );
}
