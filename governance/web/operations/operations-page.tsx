import { useEffect, useRef } from 'react';
import { Link, Route, Switch, useLocation } from 'wouter';
import { useStatus } from '../api/queries.ts';
import { SamplesView } from '../samples/samples-view.tsx';
import { useSession } from '../session/session.ts';
import { useDocumentTitle } from '../shell/use-document-title.ts';
import { useNow } from '../time/use-now.ts';
import { FallbacksView } from '../fallback/fallbacks-view.tsx';
import { useFallbacks } from '../fallback/queries.ts';
import { DifferencesView } from './differences-view.tsx';
import { EffectsView } from './effects-view.tsx';
import tabClasses from '../lists/tabs.module.css';
import { PausesView } from './pauses-view.tsx';
import { QueueView } from './queue-view.tsx';
import { useOpenDifferences, useSwitches, useUncertainEffects } from './queries.ts';
import { phaseOf } from './switch-words.ts';
import { TriageView } from './triage-view.tsx';

/** What operators watch and do: the queue, what failed, what is paused, what nobody can be sure of. */
export default function OperationsPage() {
  const [place] = useLocation();
  const { may } = useSession();
  const now = useNow();
  const status = useStatus().data;
  const paused = useSwitches().data?.switches.filter((one) => phaseOf(one, now) === 'in-force').length ?? 0;
  const uncertain = useUncertainEffects().data?.effects.length ?? 0;
  const differences = useOpenDifferences().data?.counts.open ?? 0;
  const fallbacks = useFallbacks().data;
  const held = fallbacks?.declared.reduce((sum, one) => sum + one.held, 0) ?? 0;
  const troubled = (status?.messages.dead ?? 0) + (status?.messages.quarantined ?? 0);
  const queue = { path: '/operations', label: 'Queue', count: 0, alarm: false };
  const views = [
    queue,
    { path: '/operations/triage', label: 'Triage', count: troubled, alarm: (status?.messages.dead ?? 0) > 0 },
    { path: '/operations/uncertain', label: 'Uncertain effects', count: uncertain, alarm: uncertain > 0 },
    { path: '/operations/differences', label: 'Differences', count: differences, alarm: differences > 0 },
    {
      path: '/operations/fallbacks',
      label: 'Fallbacks',
      count: held,
      alarm: held + (fallbacks?.inForce.length ?? 0) > 0,
    },
    { path: '/operations/pauses', label: 'Pauses', count: paused, alarm: paused > 0 },
    ...(may('message:read') ? [{ path: '/operations/samples', label: 'Samples', count: 0, alarm: false }] : []),
  ];
  const current = views.find((view) => view.path === place) ?? queue;
  useDocumentTitle(current.path === '/operations' ? 'Operations' : `${current.label}, Operations`);

  // On a narrow screen the tabs are wider than it.
  const tabs = useRef<HTMLElement>(null);
  useEffect(() => {
    tabs.current?.querySelector('[aria-current]')?.scrollIntoView({ inline: 'center', block: 'nearest' });
  }, [place]);

  return (
    <>
      <div className="page-head">
        <h1>Operations</h1>
      </div>
      <nav ref={tabs} aria-label="Operations" className={tabClasses['tabs']}>
        {views.map((view) => (
          <Link
            key={view.path}
            href={view.path}
            className={tabClasses['tab'] ?? ''}
            aria-current={view === current ? 'page' : undefined}
            data-alarm={view.alarm}
          >
            {view.label}
            {view.count > 0 && <span className={tabClasses['count']}>{view.count.toLocaleString('en-GB')}</span>}
          </Link>
        ))}
      </nav>
      <Switch>
        <Route path="/operations/triage" component={TriageView} />
        <Route path="/operations/uncertain" component={EffectsView} />
        <Route path="/operations/differences" component={DifferencesView} />
        <Route path="/operations/fallbacks" component={FallbacksView} />
        <Route path="/operations/pauses" component={PausesView} />
        <Route path="/operations/samples" component={SamplesView} />
        <Route component={QueueView} />
      </Switch>
    </>
  );
}
