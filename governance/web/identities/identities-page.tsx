import { Link, useLocation } from 'wouter';
import { useStatus } from '../api/queries.ts';
import tabClasses from '../lists/tabs.module.css';
import { useDocumentTitle } from '../shell/use-document-title.ts';
import { MergesView } from './merges-view.tsx';
import { QuestionsView } from './questions-view.tsx';

/** Which numbers are one patient: what a person has to say, and what was said. */
export default function IdentitiesPage() {
  const [place] = useLocation();
  const open = useStatus().data?.openIdentityQuestions ?? 0;
  const merges = place === '/identities/merges';
  useDocumentTitle(merges ? 'Merges, Patient IDs' : 'Patient IDs');
  const views = [
    { path: '/identities', label: 'Questions', count: open, here: !merges },
    { path: '/identities/merges', label: 'Merges', count: 0, here: merges },
  ];
  return (
    <>
      <div className="page-head">
        <h1>Patient IDs</h1>
      </div>
      <nav aria-label="Patient IDs" className={tabClasses['tabs']}>
        {views.map(({ path, label, count, here }) => (
          <Link
            key={path}
            href={path}
            className={tabClasses['tab'] ?? ''}
            aria-current={here ? 'page' : undefined}
            data-asks={count > 0}
          >
            {label}
            {count > 0 && <span className={tabClasses['count']}>{count.toLocaleString('en-GB')}</span>}
          </Link>
        ))}
      </nav>
      {merges ? <MergesView /> : <QuestionsView />}
    </>
  );
}
