import { useQueryClient } from '@tanstack/react-query';
import { Link } from 'wouter';
import { LoadingRows } from '../feedback/loading-rows.tsx';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { useDocumentTitle } from '../shell/use-document-title.ts';
import type { Table } from '../../api/rule-sheet/draft.ts';
import { useRuleTable } from './queries.ts';
import { RuleTableEditor } from './rule-table-editor.tsx';

/** One rule table of a definition: to read, and where definitions are made to write. */
export default function RuleTablePage({ definition, table }: { readonly definition: string; readonly table: string }) {
  useDocumentTitle(`Rule table ${table}`);
  const client = useQueryClient();
  const query = useRuleTable(definition, table);
  const content = query.data?.content as Table | undefined;
  return (
    <>
      <div className="page-head">
        <h1>{content?.title ?? table}</h1>
        <span className="dim mono">
          {definition}/rules/{table}.json
        </span>
        <Link href="/rules">All rule tables</Link>
      </div>
      {query.isPending ? (
        <section className="panel" aria-label="Table">
          <LoadingRows rows={10} />
        </section>
      ) : query.data ? (
        <RuleTableEditor
          // A saved one is the next one's beginning; what was typed to try it stays.
          key={`${definition} ${table}`}
          detail={query.data}
          onSaved={(next) => {
            client.setQueryData(['rule-table', definition, table], next);
            void client.invalidateQueries({ queryKey: ['rule-tables'] });
          }}
        />
      ) : (
        <ProblemNotice error={query.error} retry={() => void query.refetch()} />
      )}
    </>
  );
}
