import type { Telling } from '../../api/audit-contract.ts';
import { ScrollX } from '../feedback/scroll-x.tsx';
import { exactTime } from '../time/duration.ts';
import { shortHash } from './audit-words.ts';
import classes from './why.module.css';

/** One ladder: every step with its time, and how it ended. */
export function WhyTelling({ telling }: { readonly telling: Telling }) {
  const { title, ladder, ladderVersion, startedAt, steps, state, ended } = telling;
  return (
    <article className={classes['decision']}>
      <p>
        <strong>{title}</strong>
      </p>
      <p className="dim">
        Ladder <code>{ladder}</code>, version <code>{shortHash(ladderVersion)}</code>, started {exactTime(startedAt)}
      </p>
      <ScrollX label={`Steps of ${title}`}>
        <table className="plain-table">
          <thead>
            <tr>
              <th className="number">Step</th>
              <th>Whom</th>
              <th>How</th>
              <th>What was said</th>
              <th>When</th>
            </tr>
          </thead>
          <tbody>
            {steps.map((step, n) => (
              <tr key={n}>
                <td className="number">{n + 1}</td>
                <td>{step.to}</td>
                <td>{step.channel}</td>
                <td>{step.text}</td>
                <td className="no-wrap">
                  {step.told
                    ? step.toldAt === null
                      ? 'told'
                      : `told ${exactTime(step.toldAt)}`
                    : state === 'open'
                      ? `due ${exactTime(step.dueAt)}`
                      : 'not needed'}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollX>
      <p className={classes['end']}>
        {ended === null
          ? state === 'open'
            ? 'Nobody has answered yet.'
            : 'Every step was taken; nobody answered.'
          : `${state === 'acknowledged' ? 'Acknowledged' : 'Cancelled'} by ${ended.by} through ${ended.via}, ${exactTime(ended.at)}` +
            (ended.reason === null ? '.' : `: “${ended.reason}”.`)}
      </p>
    </article>
  );
}
