import { CloseButton } from '@mantine/core';
import { CircleCheck, Hourglass, TriangleAlert } from 'lucide-react';
import { Link } from 'wouter';
import type { ReleaseAnswer } from '../../api/release-contract.ts';
import { nameOf } from './release-words.ts';
import classes from './releases.module.css';

const LOOKS = {
  applied: { tone: 'ok', icon: CircleCheck },
  later: { tone: 'warn', icon: Hourglass },
  failed: { tone: 'danger', icon: TriangleAlert },
} as const;

/** What became of an order: it is kept whatever the runtime said. */
export function OutcomeNotice({
  name,
  outcome: { applied, problem, followUp, environment },
  onClose,
}: {
  readonly name: string;
  readonly outcome: ReleaseAnswer;
  readonly onClose: () => void;
}) {
  const { tone, icon: Icon } = LOOKS[applied];
  const later =
    environment.place === 'elsewhere'
      ? 'The host where it runs fetches the order within a minute.'
      : 'The runtime does not answer; it runs this as soon as it starts.';
  return (
    <section className={`panel ${classes['outcome']}`} data-tone={tone} role="status" aria-label="What was ordered">
      <Icon size={18} aria-hidden="true" />
      <p>
        {applied === 'applied' && <strong>{nameOf(name)} runs it now.</strong>}
        {applied === 'later' && (
          <>
            <strong>It is ordered, and not running yet.</strong> {later}
          </>
        )}
        {applied === 'failed' && (
          <>
            <strong>It is ordered, but {name} could not begin to run it</strong> and goes on with what it ran:{' '}
            {problem?.title} {problem?.remedy}
          </>
        )}{' '}
        {followUp !== null && (
          <>
            <Link href={`/proposals/${followUp}`}>Proposal {followUp}</Link> was opened to have it approved after all.
          </>
        )}
      </p>
      <CloseButton aria-label="Put this away" onClick={onClose} />
    </section>
  );
}
