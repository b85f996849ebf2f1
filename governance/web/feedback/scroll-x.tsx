import type { ReactNode } from 'react';

/** A table that may be wider than the screen: scrolled by touch, wheel, and by the keyboard. */
export function ScrollX({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div className="scroll-x" role="region" aria-label={label} tabIndex={0}>
      {children}
    </div>
  );
}
