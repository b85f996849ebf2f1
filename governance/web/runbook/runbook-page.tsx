import { useDefinition } from '../api/queries.ts';
import { LoadingRows } from '../feedback/loading-rows.tsx';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { useDocumentTitle } from '../shell/use-document-title.ts';
import { readmeSection } from './readme-section.ts';
import classes from './runbook.module.css';

/** A section of a flow's README: what people are sent to by an alert or a message that failed. */
export default function RunbookPage({
  definition,
  heading,
}: {
  readonly definition: string;
  readonly heading: string;
}) {
  useDocumentTitle('Runbook');
  const query = useDefinition(definition);
  if (query.isPending) return <LoadingRows rows={8} />;
  if (!query.data) return <ProblemNotice error={query.error} retry={() => void query.refetch()} />;
  const { title, intent, readme } = query.data;
  const section = readmeSection(readme, heading);
  return (
    <>
      <h1>
        {title}: {heading}
      </h1>
      <p className={classes['who']}>
        Of {intent.owner.name}
        {intent.owner.contact !== '' && ` (${intent.owner.contact})`}
        {typeof intent.contactOutOfHours === 'string' && `. Out of hours: ${intent.contactOutOfHours}`}
      </p>
      <section className="panel" aria-label={heading}>
        {section === null ? (
          <p className="panel-body dim">
            The README that is in force has no heading “{heading}” any more. It is below as a whole.
          </p>
        ) : (
          <div className={classes['text']}>{section}</div>
        )}
      </section>
      <details className={`panel ${classes['whole']}`} open={section === null}>
        <summary>All of the README</summary>
        <div className={classes['text']}>{readme}</div>
      </details>
    </>
  );
}
