import { Button } from '@mantine/core';
import { CircleX, Info, ShieldCheck, TriangleAlert, type LucideIcon } from 'lucide-react';
import { Link } from 'wouter';
import type { Finding } from '../../checks/finding.ts';
import { EmptyState } from '../feedback/empty-state.tsx';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import type { Tone } from '../states/message-state.ts';
import { ToneMark } from '../states/state-mark.tsx';
import { addressOf, anchors, useShownProposal } from './discussion.ts';
import { RunMark } from './proposal-looks.tsx';
import classes from './proposal-page.module.css';
import { useRerun } from './queries.ts';
import { Thread } from './thread.tsx';
import { useSome } from './use-some.tsx';

/** Findings of one kind drawn at once. */
const MOST = 100;

const SEVERITY: Readonly<
  Record<Finding['severity'], { readonly tone: Tone; readonly icon: LucideIcon; readonly rank: number }>
> = {
  error: { tone: 'danger', icon: CircleX, rank: 0 },
  warning: { tone: 'warn', icon: TriangleAlert, rank: 1 },
  notice: { tone: 'plain', icon: Info, rank: 2 },
};
const bySeverity = (a: Finding, b: Finding): number => SEVERITY[a.severity].rank - SEVERITY[b.severity].rank;
const keyOf = ({ code, definition, file, node, text }: Finding): string =>
  [code, definition, file, node?.id ?? '', text].join('\n');

/** What the checks found; what the change brings in comes first. */
export function ChecksView() {
  const { number, checks, findings, findingsBefore, may } = useShownProposal();
  const rerun = useRerun(number);
  const before = new Set(findingsBefore?.map(keyOf));
  const now = new Set(findings.map(keyOf));
  const fresh = findings.filter((one) => !before.has(keyOf(one))).toSorted(bySeverity);
  const stayed = findings.filter((one) => before.has(keyOf(one))).toSorted(bySeverity);
  const gone = findingsBefore?.filter((one) => !now.has(keyOf(one))) ?? [];
  return (
    <section className="panel" aria-labelledby="checks">
      <div className="panel-head">
        <h2 id="checks">Checks</h2>
        <RunMark what="Checks" run={checks} />
        {may.rerun.yes && (
          <Button
            variant="default"
            loading={rerun.isPending || checks.state === 'running'}
            onClick={() => rerun.mutate('checks')}
          >
            Check again
          </Button>
        )}
      </div>
      {rerun.isError && <ProblemNotice error={rerun.error} />}
      {findings.length === 0 && checks.state === 'passed' && (
        <EmptyState icon={ShieldCheck} title="Nothing was found">
          Every path settles, every rule has an owner, a reason and tests that pass, nothing is unbound.
        </EmptyState>
      )}
      {findings.length === 0 && checks.state !== 'passed' && (
        <p className="panel-body dim">
          No findings {checks.state === 'failed' ? 'were told' : 'yet: the checks wait or run'}.
        </p>
      )}
      <FindingList title={findingsBefore === null ? '' : 'New with this change'} findings={fresh} />
      <FindingList title="There before" findings={stayed} />
      {gone.length > 0 && <FindingList title="Settled by this change" findings={gone} settled />}
    </section>
  );
}

export function FindingList({
  title,
  findings,
  settled = false,
}: {
  readonly title: string;
  readonly findings: readonly Finding[];
  readonly settled?: boolean;
}) {
  const { number } = useShownProposal();
  const { shown, more } = useSome(findings, MOST, 'findings');
  if (findings.length === 0) return null;
  return (
    <>
      {title !== '' && (
        <h3 className={classes['subhead']}>
          {title} <span className="dim">({findings.length})</span>
        </h3>
      )}
      <ul className={classes['findings']} data-settled={settled}>
        {shown.map((one) => {
          const { tone, icon } = SEVERITY[one.severity];
          const place = {
            definition: one.definition,
            file: one.file,
            anchor: one.node ? anchors.node(one.node.id) : null,
          };
          return (
            <li key={keyOf(one)}>
              <div className={classes['finding-head']}>
                <ToneMark tone={settled ? 'plain' : tone} icon={icon}>
                  {one.severity}
                </ToneMark>
                <strong>{one.text}</strong>
                {!settled && <Thread place={place} what={`the finding ${one.code}`} />}
              </div>
              {!settled && <p>{one.remedy}</p>}
              <p className="dim">
                <code>{one.code}</code> · {one.definition} · {one.file}
                {one.node && (
                  <>
                    {' · '}
                    {settled ? (
                      `${one.node.name} (${one.node.type})`
                    ) : (
                      <Link href={addressOf(number, place)}>
                        {one.node.name} ({one.node.type})
                      </Link>
                    )}
                  </>
                )}
              </p>
            </li>
          );
        })}
      </ul>
      <div className={classes['more']}>{more}</div>
    </>
  );
}
