import { ActionIcon, Button, Textarea } from '@mantine/core';
import { MessageSquare, MessageSquarePlus } from 'lucide-react';
import { useId, useState, type SubmitEvent } from 'react';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { moment } from '../time/duration.ts';
import type { Comment } from '../../api/proposal-contract.ts';
import { samePlace, useShownProposal, type CommentPlace } from './discussion.ts';
import { useComment, useResolve } from './queries.ts';
import classes from './thread.module.css';

/** A button at a change that opens what was said about it, and a field to say more. `what`: "row r3", for its name. */
export function Thread({ place, what }: { readonly place: CommentPlace; readonly what: string }) {
  const { discussion, may } = useShownProposal();
  const [open, setOpen] = useState(false);
  const id = useId();
  const comments = discussion.filter((comment) => samePlace(comment.place, place));
  const unresolved = comments.filter(({ resolved }) => !resolved).length;
  if (comments.length === 0 && !may.comment.yes) return null;
  return (
    <div className={classes['thread']} data-open={open}>
      <ActionIcon
        variant={unresolved > 0 ? 'light' : 'subtle'}
        color={unresolved > 0 ? 'petrol' : 'gray'}
        size="sm"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        aria-label={comments.length === 0 ? `Comment on ${what}` : `${comments.length} on ${what}`}
        title={comments.length === 0 ? `Comment on ${what}` : `${comments.length} on ${what}`}
        onClick={() => setOpen(!open)}
      >
        {comments.length === 0 ? <MessageSquarePlus size={14} /> : <MessageSquare size={14} />}
      </ActionIcon>
      {open && (
        <div id={id} className={classes['box']}>
          <CommentList comments={comments} />
          {may.comment.yes && <CommentForm place={place} label={`Comment on ${what}`} onDone={() => setOpen(false)} />}
        </div>
      )}
    </div>
  );
}

export function CommentList({ comments }: { readonly comments: readonly Comment[] }) {
  const { number, may, revision } = useShownProposal();
  const resolve = useResolve(number);
  if (comments.length === 0) return null;
  return (
    <ul className={classes['comments']}>
      {comments.map((comment) => (
        <li key={comment.id} data-resolved={comment.resolved}>
          <p className={classes['by']}>
            <strong>{comment.author}</strong>{' '}
            <span className="dim">
              {moment(comment.at, Date.now())}
              {comment.revision < revision && `, of revision ${comment.revision}`}
              {comment.resolved && ', resolved'}
            </span>
            {!comment.resolved && may.comment.yes && (
              <Button
                variant="subtle"
                size="compact-xs"
                className={classes['resolve'] ?? ''}
                aria-label={`Resolve the comment of ${comment.author}`}
                loading={resolve.isPending && resolve.variables === comment.id}
                onClick={() => resolve.mutate(comment.id)}
              >
                Resolve
              </Button>
            )}
          </p>
          <p className={classes['text']}>{comment.text}</p>
        </li>
      ))}
      {resolve.isError && <ProblemNotice error={resolve.error} />}
    </ul>
  );
}

export function CommentForm({
  place,
  label,
  onDone,
}: {
  readonly place: CommentPlace | null;
  readonly label: string;
  readonly onDone?: () => void;
}) {
  const { number } = useShownProposal();
  const [text, setText] = useState('');
  const comment = useComment(number);
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    comment.mutate(
      { text: text.trim(), place },
      {
        onSuccess: () => {
          setText('');
          onDone?.();
        },
      },
    );
  };
  return (
    <form className={classes['form']} onSubmit={submit}>
      <Textarea
        aria-label={label}
        placeholder="For its author and whoever reviews it. No patient data."
        size="sm"
        autosize
        minRows={2}
        maxRows={10}
        maxLength={4000}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {comment.isError && <ProblemNotice error={comment.error} />}
      <div>
        <Button type="submit" variant="default" loading={comment.isPending} disabled={text.trim().length < 2}>
          Comment
        </Button>
      </div>
    </form>
  );
}
