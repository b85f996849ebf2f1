import { Redirect } from 'wouter';
import { OverviewPage } from '../overview/overview-page.tsx';
import { useSession } from '../session/session.ts';
import { worklistFirst } from './navigation.tsx';

/** Where one lands: people who do tasks and do not run the house begin with what they owe, everybody else with the overview. */
export function HomePage() {
  return worklistFirst(useSession()) ? <Redirect to="/worklist" replace /> : <OverviewPage />;
}
