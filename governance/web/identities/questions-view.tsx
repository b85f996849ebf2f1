import { Button, SegmentedControl } from '@mantine/core';
import { CircleCheck, UserRoundSearch } from 'lucide-react';
import { useState } from 'react';
import { EmptyState } from '../feedback/empty-state.tsx';
import { LoadingRows } from '../feedback/loading-rows.tsx';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { VirtualList } from '../lists/virtual-list.tsx';
import classes from '../operations/operations.module.css';
import { useSession } from '../session/session.ts';
import { Age } from '../time/clocks.tsx';
import { AnswerSheet } from './answer-sheet.tsx';
import { Compared } from './compared.tsx';
import { answerWords, messageWords, questionSentence, questionTitle, whoOf } from './identity-words.ts';
import { MessageName } from './message-name.tsx';
import { useQuestions, type Question, type Shown } from './queries.ts';
import { useRowKeys } from './use-row-keys.ts';

/** "Is this the same patient?": what nobody but a person can say. */
export function QuestionsView() {
  const { may } = useSession();
  const [shown, setShown] = useState<Shown>('open');
  const [chosen, setChosen] = useState<Question | null>(null);
  const query = useQuestions(shown);
  const questions = query.data?.pages.flatMap((page) => page.questions) ?? [];
  const answers = may('identity:decide') && shown === 'open';
  const place = useRowKeys('Patient IDs', questions, answers ? { keys: 'a', what: 'Answer', run: setChosen } : null);
  const more = (): void => {
    if (query.hasNextPage && !query.isFetching) void query.fetchNextPage();
  };
  return (
    <section ref={place} className="panel" aria-label="Questions">
      <div className={classes['bar-above']}>
        <SegmentedControl
          size="xs"
          aria-label="Which"
          data={[
            { value: 'open', label: 'Open' },
            { value: 'answered', label: 'Answered' },
          ]}
          value={shown}
          onChange={(value) => setShown(value === 'answered' ? 'answered' : 'open')}
        />
      </div>
      {query.isError && <ProblemNotice error={query.error} retry={() => void query.refetch()} />}
      {query.isPending ? (
        <LoadingRows rows={5} height={112} />
      ) : !query.data ? null : questions.length === 0 ? (
        <EmptyState icon={CircleCheck} title={shown === 'open' ? 'Nothing to answer' : 'Nothing was answered yet'}>
          {shown === 'open'
            ? 'Of every message it is known whose it is, or flows/_shared/identity.json does not say how patients are matched.'
            : 'Answers stay here, with who gave them and why.'}
        </EmptyState>
      ) : (
        <>
          <p className={classes['explain']}>
            {shown === 'open'
              ? 'Open both messages, and say whether they are about one patient. Until then the numbers stay apart.'
              : 'An answer is kept and not asked again. Joined numbers are under “Merges”, where that is taken back.'}
          </p>
          <VirtualList
            items={questions}
            keyOf={(one) => one.id}
            estimate={132}
            label="Questions"
            onNearEnd={query.isError ? undefined : more}
          >
            {(one) => (
              <div className={classes['group']}>
                <UserRoundSearch size={18} aria-hidden="true" className={classes['uncertain']} />
                <div className={classes['group-text']}>
                  <strong>{questionTitle(one)}</strong>
                  <span>{questionSentence(one)}</span>
                  <Compared question={one} />
                  {shown === 'answered' && (
                    <span>
                      {answerWords(one)}
                      {one.decided && (
                        <>
                          {' '}
                          <Age at={one.decided.at} /> ago: {one.decided.reason}
                        </>
                      )}
                    </span>
                  )}
                  {one.left && (
                    <span>
                      {whoOf(one.left.by)} left it open <Age at={one.left.at} /> ago: {one.left.reason}
                    </span>
                  )}
                  <span className="dim">
                    Asked <Age at={one.since} /> ago: <MessageName message={one.message} opens />
                    {one.otherMessageId !== null && (
                      <>
                        {' '}
                        · known before: <MessageName message={one.otherMessage} />
                      </>
                    )}
                  </span>
                </div>
                {answers && (
                  <span className={classes['group-acts']}>
                    <Button
                      variant="default"
                      onClick={() => setChosen(one)}
                      aria-label={`Answer: ${messageWords(one.message)}`}
                    >
                      Answer…
                    </Button>
                  </span>
                )}
              </div>
            )}
          </VirtualList>
        </>
      )}
      {chosen && <AnswerSheet key={chosen.id} question={chosen} onClose={() => setChosen(null)} />}
    </section>
  );
}
