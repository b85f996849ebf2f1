import {
  BellRing,
  CalendarClock,
  ChartNoAxesColumn,
  ClipboardCheck,
  FileClock,
  Gauge,
  GitPullRequestArrow,
  Inbox,
  MessageSquareWarning,
  Rocket,
  Siren,
  ScanText,
  ScrollText,
  ShieldCheck,
  Table2,
  UserRoundSearch,
  Users,
  type LucideIcon,
} from 'lucide-react';
import { Fragment } from 'react';
import { Link, useRoute } from 'wouter';
import type { Permission } from '../../api/permissions.ts';
import { useOpenAlerts } from '../alerts/queries.ts';
import { useEscalations, useStatus } from '../api/queries.ts';
import { useProblemCounts } from '../problems/queries.ts';
import { useProposals } from '../proposals/queries.ts';
import { useSession, type CurrentSession } from '../session/session.ts';
import { useTaskCounts } from '../tasks/task-counts.ts';
import { openMine } from '../worklist/counts.ts';
import classes from './navigation.module.css';

/** What belongs together, in this order; a group without a heading first. */
const GROUPS = ['', 'Flows', 'Review', 'Production', 'House'] as const;

interface Badge {
  readonly count: number;
  readonly what: string;
  /** To be done, and nothing is wrong yet. */
  readonly calm?: boolean;
}

interface Place {
  readonly group: (typeof GROUPS)[number];
  readonly path: string;
  readonly label: string;
  readonly icon: LucideIcon;
  readonly keys: string;
  readonly permission: Permission;
}

/** Where one can go. */
export const PLACES: readonly Place[] = [
  { group: '', path: '/', label: 'Overview', icon: ChartNoAxesColumn, keys: 'g o', permission: 'status:read' },
  { group: '', path: '/worklist', label: 'Worklist', icon: ClipboardCheck, keys: 'g w', permission: 'task:list' },
  { group: '', path: '/alerts', label: 'Alerts', icon: Siren, keys: 'g n', permission: 'alert:list' },
  { group: '', path: '/escalations', label: 'Escalations', icon: BellRing, keys: 'g e', permission: 'escalation:list' },
  { group: '', path: '/shift', label: 'Shift', icon: CalendarClock, keys: 'g s', permission: 'shift:read' },
  { group: 'Flows', path: '/messages', label: 'Messages', icon: Inbox, keys: 'g m', permission: 'message:list' },
  { group: 'Flows', path: '/reader', label: 'Message reader', icon: ScanText, keys: 'g h', permission: 'message:read' },
  { group: 'Flows', path: '/operations', label: 'Operations', icon: Gauge, keys: 'g p', permission: 'operations:read' },
  // Not of Operations: coordinators answer, and have no such page.
  {
    group: 'Flows',
    path: '/identities',
    label: 'Patient IDs',
    icon: UserRoundSearch,
    keys: 'g i',
    permission: 'identity:list',
  },
  {
    group: 'Flows',
    path: '/problems',
    label: 'Problems',
    icon: MessageSquareWarning,
    keys: 'g b',
    permission: 'problem:list',
  },
  { group: 'Review', path: '/rules', label: 'Rule tables', icon: Table2, keys: 'g d', permission: 'definition:read' },
  {
    group: 'Review',
    path: '/proposals',
    label: 'Proposals',
    icon: GitPullRequestArrow,
    keys: 'g r',
    permission: 'proposal:read',
  },
  {
    group: 'Production',
    path: '/environments/production',
    label: 'Releases',
    icon: Rocket,
    keys: 'g l',
    permission: 'release:read',
  },
  {
    group: 'Production',
    path: '/trust/production',
    label: 'Trust',
    icon: ShieldCheck,
    keys: 'g t',
    permission: 'trust:read',
  },
  {
    group: 'Production',
    path: '/changes',
    label: 'Changes',
    icon: FileClock,
    keys: 'g c',
    permission: 'release:read',
  },
  { group: 'House', path: '/audit', label: 'Audit', icon: ScrollText, keys: 'g a', permission: 'audit:read' },
  { group: 'House', path: '/people', label: 'People', icon: Users, keys: 'g u', permission: 'account:list' },
];

/** Those who work on tasks and run nothing: their day is the worklist. */
export const worklistFirst = ({ may }: Pick<CurrentSession, 'may'>): boolean =>
  may('task:work') && !may('operations:read');

/** The places of somebody, in their order: where they land comes first. */
export function placesOf(session: Pick<CurrentSession, 'may'>): readonly Place[] {
  const mine = PLACES.filter((place) => session.may(place.permission));
  if (!worklistFirst(session)) return mine;
  const overview = mine.filter(({ path }) => path === '/');
  const rest = mine.filter(({ path }) => path !== '/');
  return [...overview.map((place): Place => ({ ...place, group: 'Flows', path: '/overview' })), ...rest];
}

export function Navigation({ onGo }: { readonly onGo?: () => void }) {
  const session = useSession();
  // What is on their own worklist is counted there, once.
  const open = useEscalations('open').data?.escalations.filter(({ onWorklist }) => onWorklist !== true).length ?? 0;
  const alerts = useOpenAlerts().data?.waiting ?? 0;
  const status = useStatus().data;
  const needs = status?.messages.dead ?? 0;
  const asking = useProposals({ asks: 'me', limit: 1 }).data?.asking ?? 0;
  const mine = useTaskCounts('mine').data?.counts;
  const owed = mine ? openMine(mine) : 0;
  const reports = useProblemCounts().data?.counts.open ?? 0;
  const badges: Readonly<Record<string, Badge>> = {
    '/worklist': {
      count: owed,
      what: mine && mine.overdue > 0 ? `yours, ${mine.overdue} overdue` : 'yours',
      calm: mine?.overdue === 0,
    },
    '/identities': { count: status?.openIdentityQuestions ?? 0, what: 'questions to answer', calm: true },
    '/problems': { count: reports, what: 'reports that nobody looks at', calm: true },
    '/messages': { count: needs, what: 'need you' },
    '/escalations': { count: open, what: 'to acknowledge' },
    '/alerts': { count: alerts, what: 'that nobody has yet' },
    '/proposals': { count: asking, what: 'wait for you' },
  };
  const groups = GROUPS.map((group) => ({
    group,
    places: placesOf(session).filter((place) => place.group === group),
  })).filter(({ places }) => places.length > 0);
  return (
    <nav aria-label="Pages">
      {groups.map(({ group, places }) => (
        <Fragment key={group}>
          {group !== '' && <p className={classes['group']}>{group}</p>}
          <ul className={classes['list']} aria-label={group === '' ? 'Daily work' : group}>
            {places.map((place) => (
              <li key={place.path}>
                <Entry place={place} badge={badges[place.path]} onGo={onGo} />
              </li>
            ))}
          </ul>
        </Fragment>
      ))}
    </nav>
  );
}

function Entry({
  place: { path, label, icon: Icon },
  badge,
  onGo,
}: {
  readonly place: Place;
  readonly badge: Badge | undefined;
  readonly onGo: (() => void) | undefined;
}) {
  const [here] = useRoute(path === '/' ? '/' : `${path}/*?`);
  return (
    <Link
      href={path}
      className={classes['entry'] ?? ''}
      aria-current={here ? 'page' : undefined}
      onClick={() => onGo?.()}
    >
      <Icon size={17} aria-hidden="true" />
      <span className={classes['label']}>{label}</span>
      {badge && badge.count > 0 && (
        <span className={classes['badge']} data-calm={badge.calm === true} title={`${badge.count} ${badge.what}`}>
          {badge.count > 999 ? '999+' : badge.count}
          <span className="visually-hidden"> {badge.what}</span>
        </span>
      )}
    </Link>
  );
}
