import {
  BellRing,
  ChartNoAxesColumn,
  FileClock,
  Gauge,
  GitPullRequestArrow,
  Inbox,
  Rocket,
  ScanText,
  ScrollText,
  ShieldCheck,
  Table2,
  Users,
  type LucideIcon,
} from 'lucide-react';
import { Fragment } from 'react';
import { Link, useRoute } from 'wouter';
import type { Permission } from '../../api/permissions.ts';
import { useEscalations, useStatus } from '../api/queries.ts';
import { useProposals } from '../proposals/queries.ts';
import { useSession } from '../session/session.ts';
import classes from './navigation.module.css';

/** What belongs together, in this order; a group without a heading first. */
const GROUPS = ['', 'Review', 'Production', 'House'] as const;

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
  { group: '', path: '/messages', label: 'Messages', icon: Inbox, keys: 'g m', permission: 'message:list' },
  { group: '', path: '/reader', label: 'Message reader', icon: ScanText, keys: 'g h', permission: 'message:read' },
  { group: '', path: '/escalations', label: 'Escalations', icon: BellRing, keys: 'g e', permission: 'escalation:list' },
  { group: '', path: '/operations', label: 'Operations', icon: Gauge, keys: 'g p', permission: 'operations:read' },
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

export function Navigation({ onGo }: { readonly onGo?: () => void }) {
  const { may } = useSession();
  const open = useEscalations('open').data?.escalations.length ?? 0;
  const status = useStatus().data;
  const needs = status?.messages.dead ?? 0;
  const asking = useProposals({ asks: 'me', limit: 1 }).data?.asking ?? 0;
  const badges: Readonly<Record<string, { readonly count: number; readonly what: string }>> = {
    '/messages': { count: needs, what: 'need you' },
    '/escalations': { count: open, what: 'to acknowledge' },
    '/proposals': { count: asking, what: 'wait for you' },
  };
  const groups = GROUPS.map((group) => ({
    group,
    places: PLACES.filter((place) => place.group === group && may(place.permission)),
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
  readonly badge: { readonly count: number; readonly what: string } | undefined;
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
        <span className={classes['badge']} title={`${badge.count} ${badge.what}`}>
          {badge.count > 999 ? '999+' : badge.count}
          <span className="visually-hidden"> {badge.what}</span>
        </span>
      )}
    </Link>
  );
}
