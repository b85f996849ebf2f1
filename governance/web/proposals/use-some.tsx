import { Button } from '@mantine/core';
import { useState, type ReactNode } from 'react';

/** The first `most` of a list and a button for the rest: nothing is left out silently. `what`: "rows". */
export function useSome<T>(
  all: readonly T[],
  most: number,
  what: string,
): { readonly shown: readonly T[]; readonly more: ReactNode } {
  const [whole, setWhole] = useState(false);
  if (whole || all.length <= most) return { shown: all, more: null };
  return {
    shown: all.slice(0, most),
    more: (
      <p>
        <Button variant="default" onClick={() => setWhole(true)}>
          Show {(all.length - most).toLocaleString('en-GB')} more {what}
        </Button>
      </p>
    ),
  };
}
