import type { RuleTableCoverage, RuleTableReport } from '../../api/runtime-shapes.ts';
import { clockTime } from '../time/duration.ts';
import { COVERED_MESSAGES } from './queries.ts';
import { Line, Panel, type Tone } from './panel.tsx';
import classes from './sheet.module.css';

const KINDS: Readonly<Record<RuleTableReport['findings'][number]['kind'], readonly [Tone, string]>> = {
  gap: ['warn', 'Gap'],
  'gap-missing': ['warn', 'Gap'],
  overlap: ['danger', 'Overlap'],
  unreachable: ['warn', 'Never decides'],
  'matches-nothing': ['warn', 'Matches nothing'],
  'not-in-force': ['warn', 'Not in force'],
};
const MOST = 30;

/** What is wrong, and what the rows leave open. */
export function Findings({ report }: { readonly report: RuleTableReport | undefined }) {
  const { problems = [], findings = [], notChecked = [] } = report ?? {};
  const nothing = problems.length + findings.length === 0;
  const many = problems.length + findings.length - MOST;
  return (
    <Panel title="Findings" count={report ? String(problems.length + findings.length) : '…'}>
      <ul className={classes['findings']} aria-live="polite">
        {report && nothing && (
          <Line tone="ok" mark="None">
            No cell is wrong{notChecked.length === 0 ? ', and no row is in the way of another.' : '.'}
          </Line>
        )}
        {problems.slice(0, MOST).map(({ place, what }) => (
          <Line key={`${place} ${what}`} tone="danger" mark="Wrong">
            {place === '' ? 'The table' : place} {what}
          </Line>
        ))}
        {findings.slice(0, MOST).map(({ kind, text }, i) => (
          <Line key={`${i} ${text}`} tone={KINDS[kind][0]} mark={KINDS[kind][1]}>
            {text}
          </Line>
        ))}
        {many > 0 && <li className="dim">and {many} more</li>}
        {notChecked.map((text) => (
          <li key={text} className="dim">
            {text}.
          </li>
        ))}
      </ul>
    </Panel>
  );
}

/** What it decides for the sample messages of the definition. */
export function Samples({ report }: { readonly report: RuleTableReport | undefined }) {
  const { samples = [], problems = [] } = report ?? {};
  return (
    <Panel title="Sample events" count={String(samples.length)}>
      {samples.length === 0 ? (
        <p className="dim">
          {problems.length > 0
            ? 'Samples are decided when no cell is wrong.'
            : 'The definition has no sample messages (samples/*.hl7).'}
        </p>
      ) : (
        <ul className={classes['findings']}>
          {samples.map(({ sample, event, sentence, error }, i) => (
            <li key={`${i} ${sample}`}>
              <span>
                <strong>{sample}</strong> <span className="dim">{event}</span>
                <br />
                <span className={error === null ? undefined : classes['wrong']}>{sentence}</span>
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

/** How the rows did with the last messages, in a sentence. */
export function coverageWords(coverage: RuleTableCoverage | undefined, rows: number): string | null {
  if (!coverage) return null;
  const { messages, decisions, none, errors, since } = coverage;
  if (messages === 0) return 'No message has come to this flow yet: which rows fire is shown here.';
  if (decisions === 0)
    return messages === 1
      ? 'No decision by this table in the only message of the flow.'
      : `No decision by this table in the last ${messages} messages of the flow.`;
  const silent = rows - coverage.rows.length;
  const parts = [
    `${decisions} decisions in the last ${messages === COVERED_MESSAGES ? COVERED_MESSAGES : messages} messages${since === null ? '' : ` (since ${clockTime(since)})`}`,
    `${silent} of ${rows} rows never fired`,
    ...(none > 0 ? [`${none} times no row matched`] : []),
    ...(errors > 0 ? [`${errors} error decisions`] : []),
  ];
  return `${parts.join(', ')}.`;
}
