import { useEffect } from 'react';

/** Tabs and history say where one is; never anything clinical. */
export function useDocumentTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Wardflow`;
  }, [title]);
}
