import { useTaskCounts } from '../tasks/task-counts.ts';
import { openMine, openOf } from './counts.ts';
import { TAB_LOOKS, WORK_TABS, type WorkTab } from './worklist-filter.ts';
import tabClasses from '../lists/tabs.module.css';

/** Whose tasks; the numbers are counted by the runtime, of everything and not of what is loaded. */
export function WorklistTabs({
  active,
  onChange,
}: {
  readonly active: WorkTab;
  readonly onChange: (tab: WorkTab) => void;
}) {
  const mine = useTaskCounts('mine').data?.counts;
  const unit = useTaskCounts('unit').data?.counts;
  const all = useTaskCounts('all').data?.counts;
  const counts: Readonly<Record<WorkTab, number | null | undefined>> = {
    mine: mine && openMine(mine),
    unit: unit && openOf(unit),
    overdue: all?.overdue,
    all: all && openOf(all),
    done: null,
  };
  return (
    <div className={`${tabClasses['tabs']} ${tabClasses['inside']}`} role="group" aria-label="Whose tasks">
      {WORK_TABS.map((tab) => {
        const count = counts[tab];
        return (
          <button
            key={tab}
            type="button"
            className={tabClasses['tab']}
            aria-pressed={tab === active}
            data-alarm={tab === 'overdue' && (count ?? 0) > 0}
            onClick={() => onChange(tab)}
          >
            {TAB_LOOKS[tab].label}
            {count !== null && <span className={tabClasses['count']}>{count?.toLocaleString('en-GB') ?? '–'}</span>}
          </button>
        );
      })}
    </div>
  );
}
