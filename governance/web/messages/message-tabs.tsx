import type { MessageCounts } from '../../api/runtime-shapes.ts';
import { countOf, TABS, type TabName } from './list-filter.ts';
import tabClasses from '../lists/tabs.module.css';

/** States as tabs; the numbers are counted by the very query that fills the list. */
export function MessageTabs({
  active,
  counts,
  onChange,
}: {
  readonly active: TabName;
  readonly counts: MessageCounts | undefined;
  readonly onChange: (tab: TabName) => void;
}) {
  return (
    <div className={`${tabClasses['tabs']} ${tabClasses['inside']}`} role="group" aria-label="Messages by state">
      {TABS.map((tab) => {
        const count = counts && countOf(tab, counts);
        return (
          <button
            key={tab.name}
            type="button"
            className={tabClasses['tab']}
            aria-pressed={tab.name === active}
            data-alarm={tab.name === 'needs-you' && (count ?? 0) > 0}
            onClick={() => onChange(tab.name)}
          >
            {tab.label}
            <span className={tabClasses['count']}>{count?.toLocaleString('en-GB') ?? '–'}</span>
          </button>
        );
      })}
    </div>
  );
}
