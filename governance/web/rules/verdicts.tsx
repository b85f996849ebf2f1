import { TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import type { RuleTableCoverage, RuleTableReport } from '../../api/runtime-shapes.ts';
import { clockTime } from '../time/duration.ts';
import { COVERED_MESSAGES } from './queries.ts';
import type { Table } from './draft.ts';
import classes from './sheet.module.css';

type Tone = 'danger' | 'warn' | 'ok';

function Line({ tone, mark, children }: { readonly tone: Tone; readonly mark: string; readonly children: ReactNode }) {
  return (
    <li>
      <span className={classes['mark']} data-tone={tone}>
        {mark}
      </span>
      <span>{children}</span>
    </li>
  );
}

function Panel({
  title,
  count,
  children,
}: {
  readonly title: string;
  readonly count?: string;
  readonly children: ReactNode;
}) {
  return (
    <section className="panel" aria-label={title}>
      <div className="panel-head">
        <h2>{title}</h2>
        {count !== undefined && <span className="dim">{count}</span>}
      </div>
      <div className="panel-body">{children}</div>
    </section>
  );
}

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

/** The table's own tests. */
export function Tests({ report }: { readonly report: RuleTableReport | undefined }) {
  const { tests = [], testsLeft = 0, problems = [] } = report ?? {};
  const failed = tests.filter(({ ok }) => !ok);
  return (
    <Panel title="Tests" count={report ? `${tests.length - failed.length} of ${tests.length} pass` : '…'}>
      <ul className={classes['findings']} aria-live="polite">
        {failed.slice(0, MOST).map(({ name, difference }) => (
          <Line key={name} tone="danger" mark="Fails">
            {name}: {difference}
          </Line>
        ))}
        {problems.length > 0 && <li className="dim">Tests run when no cell is wrong.</li>}
        {problems.length === 0 && tests.length === 0 && <li className="dim">The table has no tests.</li>}
        {tests.length > 0 && failed.length === 0 && (
          <Line tone="ok" mark="Pass">
            All tests of the table give what its owner agreed to.
          </Line>
        )}
        {testsLeft > 0 && <li className="dim">{testsLeft} more were not run: together they take too long.</li>}
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

/** One input, typed: what comes of it, and why the nearest rows did not match. */
export function Trial({
  table,
  typed,
  onType,
  report,
}: {
  readonly table: Table;
  readonly typed: Readonly<Record<string, string>>;
  readonly onType: (name: string, text: string) => void;
  readonly report: RuleTableReport | undefined;
}) {
  const trial = report?.trial ?? null;
  const outputs = trial?.outputs ?? null;
  return (
    <Panel title="Try an input">
      <div className={classes['trial']}>
        {table.inputs.map(({ name, label = name, unit, type }) => (
          <TextInput
            key={name}
            label={unit === undefined ? label : `${label} (${unit})`}
            placeholder={type}
            value={typed[name] ?? ''}
            onChange={(event) => onType(name, event.currentTarget.value)}
          />
        ))}
      </div>
      {trial && (
        <div className={classes['stack']} aria-live="polite">
          <p className={classes['verdict']}>{trial.sentence}</p>
          {outputs && (
            <p>
              {Object.entries(outputs).map(([name, value], i) => (
                <span key={name}>
                  {i > 0 && ', '}
                  <span className="dim">{name}</span> <code>{value === null ? 'nothing' : JSON.stringify(value)}</code>
                </span>
              ))}
            </p>
          )}
          <ul className={classes['findings']} aria-label="Why other rows did not decide">
            {trial.others.nearest.slice(0, 5).map(({ row, sentence }) => (
              <li key={row} className="dim">
                {sentence}
              </li>
            ))}
          </ul>
        </div>
      )}
    </Panel>
  );
}

/** How the rows did with the last messages, in a sentence. */
export function coverageWords(coverage: RuleTableCoverage | undefined, rows: number): string | null {
  if (!coverage) return null;
  const { messages, decisions, none, errors, since } = coverage;
  if (messages === 0) return 'No message has come to this flow yet: which rows fire is shown here.';
  if (decisions === 0) return `No decision by this table in the last ${messages} messages of the flow.`;
  const silent = rows - coverage.rows.length;
  const parts = [
    `${decisions} decisions in the last ${messages === COVERED_MESSAGES ? COVERED_MESSAGES : messages} messages${since === null ? '' : ` (since ${clockTime(since)})`}`,
    `${silent} of ${rows} rows never fired`,
    ...(none > 0 ? [`${none} times no row matched`] : []),
    ...(errors > 0 ? [`${errors} error decisions`] : []),
  ];
  return `${parts.join(', ')}.`;
}
