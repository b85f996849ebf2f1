import { TriangleAlert } from 'lucide-react';
import type { Hl7Advice, OutlineAnswer } from '../../api/runtime-shapes.ts';
import classes from './reader.module.css';

/** What deserves a look, by the standard of the message's version. It never means that the message is refused. */
export function AdviceList({
  answer: { advice, advised, total },
  onGo,
}: {
  readonly answer: OutlineAnswer;
  readonly onGo: (one: Hl7Advice) => void;
}) {
  const part = advised < total && ` Only the first ${advised.toLocaleString('en')} segments were looked at.`;
  if (advice.length === 0)
    return <p className={classes['fine']}>Nothing departs from the standard of its version.{part}</p>;
  const count = advice.reduce((sum, { more = 0 }) => sum + 1 + more, 0);
  return (
    <details className={classes['advice']} open={advice.length <= 6}>
      <summary>
        <TriangleAlert size={14} aria-hidden="true" />
        {count === 1 ? '1 place departs' : `${count.toLocaleString('en')} places depart`} from the standard
        <span className={classes['hint']}> No message is refused for it.{part}</span>
      </summary>
      <ul>
        {advice.map((one) => (
          <li key={`${one.code} ${one.path}`}>
            <button type="button" onClick={() => onGo(one)}>
              <code>{one.path}</code>
              <span>
                {one.text}
                {one.more !== undefined && (
                  <span className="dim">
                    {' '}
                    {one.more === 1 ? 'One more place' : `${one.more.toLocaleString('en')} more places`} like it.
                  </span>
                )}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </details>
  );
}
