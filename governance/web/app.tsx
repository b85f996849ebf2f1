import { Compass } from 'lucide-react';
import { lazy, Suspense } from 'react';
import { Link, Route, Router, Switch, useLocation } from 'wouter';
import { baseOf } from '../api/console-address.ts';
import { ENVIRONMENT } from './api/environment.ts';
import { EmptyState } from './feedback/empty-state.tsx';
import { PageGuard } from './feedback/page-guard.tsx';
import { LoadingRows } from './feedback/loading-rows.tsx';
import { MessageListPage } from './messages/message-list-page.tsx';
import { HomePage } from './shell/home-page.tsx';
import { OverviewPage } from './overview/overview-page.tsx';
import { ReturnPage } from './session/return-page.tsx';
import { SessionGate } from './session/session-gate.tsx';
import { Announcer } from './shell/announcer.tsx';
import { Shell } from './shell/shell.tsx';

const TracePage = lazy(() => import('./trace/trace-page.tsx'));
const ReaderPage = lazy(() => import('./reader/reader-page.tsx'));
const EscalationsPage = lazy(() => import('./escalations/escalations-page.tsx'));
const AlertsPage = lazy(() => import('./alerts/alerts-page.tsx'));
const AlertPage = lazy(() => import('./alerts/alert-page.tsx'));
const IdentitiesPage = lazy(() => import('./identities/identities-page.tsx'));
const OperationsPage = lazy(() => import('./operations/operations-page.tsx'));
const WhyPage = lazy(() => import('./audit/why-page.tsx'));
const AuditPage = lazy(() => import('./audit/audit-page.tsx'));
const AccountPage = lazy(() => import('./account/account-page.tsx'));
const ProposalListPage = lazy(() => import('./proposals/proposal-list-page.tsx'));
const ProposalPage = lazy(() => import('./proposals/proposal-page.tsx'));
const EnvironmentPage = lazy(() => import('./releases/environment-page.tsx'));
const TrustPage = lazy(() => import('./trust/trust-page.tsx'));
const ChangesPage = lazy(() => import('./changes/changes-page.tsx'));
const RunbookPage = lazy(() => import('./runbook/runbook-page.tsx'));
const RulesPage = lazy(() => import('./rules/rules-page.tsx'));
const RuleTablePage = lazy(() => import('./rules/rule-table-page.tsx'));
const WorklistPage = lazy(() => import('./worklist/worklist-page.tsx'));
const TaskPage = lazy(() => import('./tasks/task-page.tsx'));
const ProblemsPage = lazy(() => import('./problems/problems-page.tsx'));
const ShiftPage = lazy(() => import('./shift/shift-page.tsx'));
const PeoplePage = lazy(() => import('./administration/people-page.tsx'));

export function App() {
  return (
    <Router base={baseOf(ENVIRONMENT)}>
      <Pages />
    </Router>
  );
}

function Pages() {
  const [place] = useLocation();
  return (
    <SessionGate>
      <Announcer>
        <Shell>
          <PageGuard place={place}>
            <Suspense fallback={<LoadingRows rows={8} />}>
              <Switch>
                <Route path="/" component={HomePage} />
                <Route path="/overview" component={OverviewPage} />
                <Route path="/worklist" component={WorklistPage} />
                <Route path="/tasks/:id">{({ id }) => <TaskPage key={id} id={id} />}</Route>
                <Route path="/problems" component={ProblemsPage} />
                <Route path="/messages" component={MessageListPage} />
                <Route path="/messages/:id">{({ id }) => <TracePage key={id} id={id} />}</Route>
                <Route path="/reader" component={ReaderPage} />
                <Route path="/escalations" component={EscalationsPage} />
                <Route path="/alerts">
                  <AlertsPage view="waiting" />
                </Route>
                <Route path="/alerts/over">
                  <AlertsPage view="over" />
                </Route>
                <Route path="/alerts/held-back">
                  <AlertsPage view="held-back" />
                </Route>
                <Route path="/alerts/:id">{({ id }) => <AlertPage key={id} id={id} />}</Route>
                <Route path="/shift" component={ShiftPage} />
                <Route path="/rules" component={RulesPage} />
                <Route path="/definitions/:definition/rules/:table">
                  {({ definition, table }) => (
                    <RuleTablePage key={`${definition} ${table}`} definition={definition} table={table} />
                  )}
                </Route>
                <Route path="/definitions/:definition/runbook/:heading">
                  {({ definition, heading }) => <RunbookPage definition={definition} heading={heading} />}
                </Route>
                <Route path="/identities" component={IdentitiesPage} />
                <Route path="/identities/merges" component={IdentitiesPage} />
                <Route path="/operations/*?" component={OperationsPage} />
                <Route path="/proposals" component={ProposalListPage} />
                <Route path={/^\/proposals\/(?<number>[1-9]\d{0,8})(?:\/[a-z]+)?$/}>
                  {({ number = '' }) => <ProposalPage key={number} number={Number(number)} />}
                </Route>
                <Route path="/environments/:name">{({ name }) => <EnvironmentPage key={name} name={name} />}</Route>
                <Route path="/trust/:name">{({ name }) => <TrustPage key={name} environment={name} />}</Route>
                <Route path="/changes" component={ChangesPage} />
                <Route path="/login" component={ReturnPage} />
                <Route path="/audit" component={AuditPage} />
                <Route path="/audit/why/:id">{({ id }) => <WhyPage key={id} id={id} />}</Route>
                <Route path="/people/*?" component={PeoplePage} />
                <Route path="/account" component={AccountPage} />
                <Route>
                  <EmptyState icon={Compass} title="There is nothing at this address">
                    The link may be old. <Link href="/messages">Go to the messages</Link>.
                  </EmptyState>
                </Route>
              </Switch>
            </Suspense>
          </PageGuard>
        </Shell>
      </Announcer>
    </SessionGate>
  );
}
