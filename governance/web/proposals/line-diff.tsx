import { Button } from '@mantine/core';
import { useMemo, useState } from 'react';
import { diffLines, shownLines } from '../../diff/index.ts';
import { anchors, type CommentPlace } from './discussion.ts';
import { Thread } from './thread.tsx';
import classes from './diff.module.css';
import { visible } from './value-text.ts';

/** So many lines are drawn at once; the rest on demand, never silently left out. */
const MOST = 400;

/** Two texts line by line, the changed ones with what stands around them. `place`: where lines may be commented on. */
export function LineDiff({
  before,
  after,
  label,
  place,
}: {
  readonly before: string;
  readonly after: string;
  readonly label: string;
  readonly place?: CommentPlace;
}) {
  const lines = useMemo(() => shownLines(before, diffLines(before, after)), [before, after]);
  const [all, setAll] = useState(false);
  const shown = all ? lines : lines.slice(0, MOST);
  const unending = before.endsWith('\n') !== after.endsWith('\n') && before !== '' && after !== '';
  return (
    <div className="scroll-x" role="region" aria-label={label} tabIndex={0}>
      <table className={classes['code']}>
        <tbody>
          {shown.map((line, i) =>
            line === null ? (
              <tr key={i} className={classes['gap']}>
                <td colSpan={4}>
                  <span aria-hidden="true">⋯</span>
                  <span className="visually-hidden">Lines that are the same are left out</span>
                </td>
              </tr>
            ) : (
              <tr key={i} data-sign={line.sign}>
                <td className={classes['line-number']}>{line.before ?? ''}</td>
                <td className={classes['line-number']}>{line.after ?? ''}</td>
                <td className={classes['sign']}>
                  <span aria-hidden="true">{line.sign === '-' ? '−' : line.sign}</span>
                  {line.sign !== ' ' && (
                    <span className="visually-hidden">{line.sign === '-' ? 'before: ' : 'after: '}</span>
                  )}
                </td>
                <td className={classes['line']}>
                  <span className={classes['line-text']}>{visible(line.text)}</span>
                  {place && line.sign !== ' ' && (
                    <span className={classes['line-thread']}>
                      <Thread
                        place={{ ...place, anchor: anchors.line(line.before, line.after) }}
                        what={`line ${line.after ?? line.before ?? 0}`}
                      />
                    </span>
                  )}
                </td>
              </tr>
            ),
          )}
        </tbody>
      </table>
      {unending && (
        <p className={classes['note']}>
          {after.endsWith('\n') ? 'There is a line end at its end now.' : 'There is no line end at its end any more.'}
        </p>
      )}
      {!all && lines.length > MOST && (
        <p className={classes['note']}>
          <Button variant="default" onClick={() => setAll(true)}>
            Show {lines.length - MOST} more lines
          </Button>
        </p>
      )}
    </div>
  );
}
