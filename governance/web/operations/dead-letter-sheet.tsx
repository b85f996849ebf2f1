import { Button, Drawer, Select } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import type { DeadLetterAnswer, DeadLetterFilter, ReasonFigures } from '../../api/runtime-shapes.ts';
import { useStatus } from '../api/queries.ts';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { ReasonField } from '../feedback/reason-field.tsx';
import { PERIODS, type Period } from '../messages/list-filter.ts';
import { useSay } from '../shell/announcer.tsx';
import { counted } from './counted.ts';
import classes from './operations.module.css';
import { dryRunDeadLetters, useDeadLetters, type BulkAction } from './queries.ts';

/** Says how many and what will happen before it happens, and asks why. */
export function DeadLetterSheet({
  action,
  group,
  onClose,
}: {
  readonly action: BulkAction;
  /** `null`: of any reason. */
  readonly group: ReasonFigures | null;
  readonly onClose: () => void;
}) {
  const redrive = action === 'redrive';
  const status = useStatus().data;
  const [definition, setDefinition] = useState<string | null>(null);
  const [feed, setFeed] = useState<string | null>(null);
  const [period, setPeriod] = useState<Period>('all');
  const [openedAt] = useState(Date.now);
  const [reason, setReason] = useState('');
  const [done, setDone] = useState(0);
  const settle = useDeadLetters(action, setDone);
  const say = useSay();
  const { ms } = PERIODS[period];
  const filter: DeadLetterFilter = {
    ...(group ? { code: group.code } : {}),
    ...(definition === null ? {} : { definition }),
    ...(feed === null ? {} : { feed }),
    ...(ms === null ? {} : { since: openedAt - ms }),
    deadBefore: openedAt,
  };
  const dryRun = useQuery({
    queryKey: ['dry-run-dead', action, filter],
    queryFn: () => dryRunDeadLetters(action, filter),
    staleTime: 0,
    gcTime: 0,
    placeholderData: keepPreviousData,
  });
  const what = dryRun.isPlaceholderData ? undefined : dryRun.data;
  const messages = what?.messages ?? 0;
  const many = `${messages.toLocaleString('en-GB')}${what?.more ? ' or more' : ''}`;

  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    settle.mutate(
      { filter, reason: reason.trim() },
      {
        onSuccess: (all) => {
          const number = counted(all, 'message');
          say(redrive ? `${number} on the way again.` : `${number} discarded.`);
          onClose();
        },
      },
    );
  };

  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size={480}
      title={redrive ? 'Redrive dead letters' : 'Discard dead letters'}
    >
      <form className={classes['sheet']} onSubmit={submit}>
        <div>
          <h2>Which</h2>
          <p className="dim">
            {group ? (
              <>
                Those with <code>{group.code}</code>: {group.text}
              </>
            ) : (
              'Dead letters of any reason.'
            )}
          </p>
          <div className={classes['narrowing']}>
            <Select
              aria-label="Only of the flow"
              placeholder="Any flow"
              data={status?.definitions.map(({ name, title }) => ({ value: name, label: title })) ?? []}
              clearable
              clearButtonProps={{ 'aria-label': 'Any flow' }}
              value={definition}
              onChange={setDefinition}
            />
            <Select
              aria-label="Only of the feed"
              placeholder="Any feed"
              data={status?.feeds.map(({ name }) => name) ?? []}
              clearable
              clearButtonProps={{ 'aria-label': 'Any feed' }}
              value={feed}
              onChange={setFeed}
            />
            <Select
              aria-label="Received"
              data={Object.entries(PERIODS).map(([value, { label }]) => ({ value, label }))}
              allowDeselect={false}
              value={period}
              onChange={(value) => setPeriod(value as Period)}
            />
          </div>
        </div>
        <div aria-live="polite">
          <h2>What will happen</h2>
          {dryRun.isError ? (
            <ProblemNotice error={dryRun.error} retry={() => void dryRun.refetch()} />
          ) : !what ? (
            <p className="dim">Counting…</p>
          ) : messages === 0 ? (
            <p>{what.spared > 0 ? sparedText(what.spared) : 'Nothing: no dead letter fits.'}</p>
          ) : (
            <Consequences redrive={redrive} what={what} />
          )}
        </div>
        <ReasonField
          description="Recorded in the audit under your name, for each message. No patient data, please."
          value={reason}
          onChange={setReason}
        />
        {settle.isError && <ProblemNotice error={settle.error} />}
        <div className={classes['sheet-actions']}>
          {settle.isPending && done > 0 && (
            <span className="dim" role="status">
              {counted(done, 'message')} so far
            </span>
          )}
          <Button variant="default" size="sm" onClick={onClose}>
            Leave them
          </Button>
          <Button
            type="submit"
            size="sm"
            color={redrive ? 'petrol' : 'red.8'}
            loading={settle.isPending}
            disabled={messages === 0 || reason.trim().length < 3}
          >
            {redrive ? 'Redrive' : 'Discard'} {what ? `${many} ${messages === 1 ? 'message' : 'messages'}` : ''}
          </Button>
        </div>
      </form>
    </Drawer>
  );
}

const sparedText = (spared: number): string =>
  `${counted(spared, 'work item')} of open escalations ${spared === 1 ? 'stays' : 'stay'}: people are being told by ${spared === 1 ? 'it' : 'them'}. Acknowledge first.`;

function Consequences({ redrive, what }: { readonly redrive: boolean; readonly what: DeadLetterAnswer }) {
  const { messages, items, spared, doneAfter, doneAfterComplete, withoutSource, effectsDone, effectsUncertain, more } =
    what;
  const work = `${counted(items, 'work item')} of ${counted(messages, 'message')}`;
  const steps = more ? ' There are more than one go takes; it goes on until all are done.' : '';
  if (!redrive)
    return (
      <ul className={classes['bullets']}>
        <li>
          {work} will not be processed. The messages stay in the journal, with your reason.{steps}
        </li>
        <li>
          {effectsDone === 0
            ? 'Nothing was written because of them.'
            : `What was written already (${effectsDone.toLocaleString('en-GB')}) stays as it is.`}
        </li>
        {spared > 0 && <li>{sparedText(spared)}</li>}
        <li>Messages of the same patients that waited behind them go on.</li>
      </ul>
    );
  return (
    <ul className={classes['bullets']}>
      <li>
        {work} {items === 1 ? 'goes' : 'go'} through {items === 1 ? 'its flow' : 'their flows'} again from the start,
        with the wiring that runs now.{steps}
      </li>
      {withoutSource > 0 && (
        <li>
          <strong>{counted(withoutSource, 'work item')} would wait:</strong> no flow takes{' '}
          {withoutSource === 1 ? 'it' : 'them'} any more. Discard what will not come back.
        </li>
      )}
      <li>
        {effectsDone === 0
          ? 'Nothing had been written for them.'
          : `${counted(effectsDone, 'effect')} done already will not be repeated: the recorded outcome is used.`}
      </li>
      <li>
        {effectsUncertain === 0 ? (
          'No effect is uncertain, so nothing can be written twice.'
        ) : (
          <>
            <strong>{counted(effectsUncertain, 'effect')} may have happened.</strong> A FHIR write is looked up before
            it is repeated, so it is not written twice; a notice to people is sent again, marked as a repeat; what
            cannot be looked up waits under “Uncertain effects” for a decision.
          </>
        )}
      </li>
      <li>
        {doneAfter > 0
          ? `${doneAfterComplete ? '' : 'At least '}${counted(doneAfter, 'newer message')} of the same patients ${doneAfter === 1 ? 'has' : 'have'} been processed already; these come after. Be sure that they do not bring back something old.`
          : doneAfterComplete
            ? 'No newer message of the same patients has been processed: the order is kept.'
            : 'They are too many to look for newer messages of the same patients that have been processed already: these would come after.'}
      </li>
    </ul>
  );
}
