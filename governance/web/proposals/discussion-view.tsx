import { Checkbox } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'wouter';
import { addressOf, placeWords, useShownProposal } from './discussion.ts';
import classes from './proposal-page.module.css';
import { CommentForm, CommentList } from './thread.tsx';

/** All that was said, by what it was said of. */
export function DiscussionView() {
  const { discussion, number, may } = useShownProposal();
  const [resolved, setResolved] = useState(false);
  const shown = discussion.filter((comment) => resolved || !comment.resolved);
  const places = Map.groupBy(shown, ({ place }) =>
    place ? JSON.stringify([place.definition, place.file, place.anchor]) : '',
  );
  const some = discussion.some((comment) => comment.resolved);
  return (
    <section className="panel" aria-labelledby="discussion">
      <div className="panel-head">
        <h2 id="discussion">Discussion</h2>
        {some && (
          <Checkbox
            size="xs"
            label="Resolved, too"
            checked={resolved}
            onChange={(event) => setResolved(event.currentTarget.checked)}
          />
        )}
      </div>
      {[...places].map(([key, comments]) => {
        const place = comments[0]?.place ?? null;
        return (
          <div key={key} className={classes['talk']}>
            <h3>{place ? <Link href={addressOf(number, place)}>{placeWords(place)}</Link> : 'Of the whole'}</h3>
            <CommentList comments={comments} />
          </div>
        );
      })}
      {shown.length === 0 && (
        <p className="panel-body dim">
          {some
            ? 'Everything that was said is resolved.'
            : 'Nothing was said yet. Comment here on the whole, or at a change: each row, property and line has its button.'}
        </p>
      )}
      {may.comment.yes && (
        <div className={classes['talk']}>
          <CommentForm place={null} label="Comment on the whole" />
        </div>
      )}
    </section>
  );
}
