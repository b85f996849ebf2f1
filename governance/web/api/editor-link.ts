import { ENVIRONMENT } from './environment.ts';
import { useRuntimes } from './queries.ts';

/** Address of a tab in the runtime's editor (`null`: of the editor itself), for people who may open it. */
export function useEditorLink(): (tab: string | null) => string | null {
  const editor = useRuntimes().data?.runtimes.find((entry) => entry.name === ENVIRONMENT)?.editor ?? null;
  return (tab) => (editor === null ? null : tab === null ? `${editor}/` : `${editor}/#flow/${encodeURIComponent(tab)}`);
}
