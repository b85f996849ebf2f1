import { Table2 } from 'lucide-react';
import { Link } from 'wouter';
import { EmptyState } from '../feedback/empty-state.tsx';
import { LoadingRows } from '../feedback/loading-rows.tsx';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { ScrollX } from '../feedback/scroll-x.tsx';
import { useDocumentTitle } from '../shell/use-document-title.ts';
import { useRuleTables } from './queries.ts';
import classes from './sheet.module.css';

/** Every rule table of the environment. */
export default function RulesPage() {
  useDocumentTitle('Rule tables');
  const query = useRuleTables();
  const tables = query.data?.tables ?? [];
  return (
    <>
      <div className="page-head">
        <h1>Rule tables</h1>
      </div>
      <section className="panel" aria-label="Rule tables">
        {query.isPending ? (
          <LoadingRows rows={4} />
        ) : query.isError && !query.data ? (
          <ProblemNotice error={query.error} retry={() => void query.refetch()} />
        ) : tables.length === 0 ? (
          <EmptyState icon={Table2} title="No rule table yet">
            A flow that decides by rules has them as <code>rules/&lt;table&gt;.json</code> in its folder.
          </EmptyState>
        ) : (
          <ScrollX stacked label="Rule tables">
            <table className="plain-table">
              <thead>
                <tr>
                  <th scope="col">Table</th>
                  <th scope="col">Flow</th>
                  <th scope="col">Hit policy</th>
                  <th scope="col" className="number">
                    Rows
                  </th>
                  <th scope="col" className="number">
                    Tests
                  </th>
                  <th scope="col">Version</th>
                </tr>
              </thead>
              <tbody>
                {tables.map(({ definition, table, title, hitPolicy, rows, tests, version }) => (
                  <tr key={`${definition} ${table}`}>
                    <td className={classes['title']}>
                      <Link href={`/definitions/${definition}/rules/${table}`}>{title}</Link>
                      <br />
                      <span className="dim mono">{table}</span>
                    </td>
                    <td>{definition}</td>
                    <td>{hitPolicy}</td>
                    <td className="number">{rows}</td>
                    <td className="number">{tests}</td>
                    <td className="mono dim">{version.slice(0, 8)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </ScrollX>
        )}
      </section>
    </>
  );
}
