/** What the address bar holds of the worklist. Patients and people never stand in it: the search by words is not in an address. Pure. */
import type { TaskCounts, TaskList, TaskState } from '../../api/runtime-shapes.ts';
import { ENDED } from '../tasks/task-words.ts';

export const WORK_TABS = ['mine', 'unit', 'overdue', 'all', 'done'] as const;
export type WorkTab = (typeof WORK_TABS)[number];

export interface WorkFilter {
  readonly tab: WorkTab;
  readonly role: string;
  readonly unit: string;
  readonly code: string;
  readonly definition: string;
  /** Of `OPEN`, or `''`: every one that the tab shows. */
  readonly state: TaskState | '';
}

export const OPEN: readonly TaskState[] = [
  ...(['draft', 'requested', 'received', 'accepted', 'ready', 'in-progress', 'on-hold'] as const),
  ...(['rejected', 'failed'] as const),
];
/** What somebody turned down is not theirs any more, whoever it names. */
const OPEN_MINE = OPEN.filter((state) => state !== 'rejected');

interface TabLook {
  readonly label: string;
  readonly view: 'mine' | 'unit' | 'all';
  readonly states: readonly TaskState[];
  /** Why it is empty and what that means. */
  readonly empty: { readonly title: string; readonly text: string };
}

export const TAB_LOOKS: Readonly<Record<WorkTab, TabLook>> = {
  mine: {
    label: 'My tasks',
    view: 'mine',
    states: OPEN_MINE,
    empty: {
      title: 'Nothing waits for you',
      text: 'What comes for you, or for what you are on for, appears here by itself.',
    },
  },
  unit: {
    label: 'My unit',
    view: 'unit',
    states: OPEN,
    empty: { title: 'Nothing is open in your units', text: 'Everything that was to be done there has been done.' },
  },
  overdue: {
    label: 'Overdue',
    view: 'all',
    states: OPEN,
    empty: { title: 'Nothing is overdue', text: 'Every open task still has time.' },
  },
  all: {
    label: 'All',
    view: 'all',
    states: OPEN,
    empty: {
      title: 'No open task',
      text: 'A flow makes one with the node “task create”, when a person has to do something.',
    },
  },
  done: {
    label: 'Done lately',
    view: 'all',
    states: ENDED,
    empty: { title: 'Nothing has been done yet', text: 'Tasks that are completed or cancelled appear here.' },
  },
};

/** Whoever is on for nothing is not told that nothing is to be done. */
export function emptyOf(tab: WorkTab, list: Pick<TaskList, 'covers' | 'roster'> | undefined): TabLook['empty'] {
  const { view, empty } = TAB_LOOKS[tab];
  if (view === 'all' || !list || list.covers.length > 0) return empty;
  return {
    title: view === 'mine' ? 'Nothing is handed to you by name' : 'No unit is yours now',
    text: `${list.roster ? 'The roster has you on for nothing now' : 'There is no roster here'}: what waits for a role or a unit is not shown in this list, and may be under “All”.`,
  };
}

export function readWorkFilter(params: URLSearchParams): WorkFilter {
  const text = (name: string): string => (params.get(name) ?? '').slice(0, 128);
  const tab = WORK_TABS.find((one) => one === params.get('tab')) ?? 'mine';
  const states = TAB_LOOKS[tab].states;
  return {
    tab,
    role: text('role'),
    unit: text('unit'),
    code: text('code'),
    definition: text('definition'),
    state: states.find((one) => one === params.get('state')) ?? '',
  };
}

export function writeWorkFilter(filter: WorkFilter): URLSearchParams {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(filter))
    if (value !== '' && !(name === 'tab' && value === 'mine')) params.set(name, value);
  return params;
}

export const isNarrowed = ({ role, unit, code, definition, state }: WorkFilter): boolean =>
  [role, unit, code, definition, state].some((one) => one !== '');

/** As the runtime is asked. */
export function questionOf({ tab, ...filter }: WorkFilter): Record<string, string | number | undefined> {
  const { view, states } = TAB_LOOKS[tab];
  const { state, ...rest } = filter;
  return {
    view,
    ...rest,
    state: state === '' ? states.join(',') : state,
    overdue: tab === 'overdue' ? 1 : undefined,
    order: tab === 'done' ? 'newest-first' : 'due',
  };
}

export const sumOf = (counts: TaskCounts, states: readonly TaskState[]): number =>
  states.reduce((sum, state) => sum + counts[state], 0);
