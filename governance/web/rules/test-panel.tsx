import { ActionIcon, Button } from '@mantine/core';
import { Pencil, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { RuleTableReport } from '../../api/runtime-shapes.ts';
import { addCase, casesOf, changeCase, deleteCase } from '../../api/rule-sheet/cases.ts';
import type { Table } from '../../api/rule-sheet/draft.ts';
import { Line, Panel } from './panel.tsx';
import classes from './sheet.module.css';
import { TestForm } from './test-form.tsx';
import type { Change } from './use-history.ts';

const MOST = 200;
type Result = RuleTableReport['tests'][number];

/** The table's own tests: all run with each change, and each says which row answered. Those that fail come first. */
export function Tests({
  report,
  table,
  editable,
  change,
}: {
  readonly report: RuleTableReport | undefined;
  readonly table: Table;
  readonly editable: boolean;
  readonly change: Change<Table>;
}) {
  const [open, setOpen] = useState<number | 'new' | null>(null);
  const { tests: results = [], testsLeft = 0, problems = [] } = report ?? {};
  const cases = casesOf(table);
  // Asked a moment after a change: until then what was found is of the tests before it.
  const isOf = (at: number): Result | undefined =>
    results[at]?.name === cases[at]?.name && problems.length === 0 ? results[at] : undefined;
  const failed = results.filter(({ ok }) => !ok).length;
  const listed = cases
    .map((one, at) => ({ one, at, result: isOf(at) }))
    .toSorted((a, b) => Number(b.result?.ok === false) - Number(a.result?.ok === false));
  const opened = typeof open === 'number' ? cases[open] : { name: '', input: {}, expect: {} };
  return (
    <Panel title="Tests" count={report ? `${results.length - failed} of ${results.length} pass` : '…'}>
      <p aria-live="polite" className={classes['said']}>
        {problems.length > 0 ? (
          <span className="dim">Tests run when no cell is wrong.</span>
        ) : cases.length === 0 ? (
          <span className="dim">The table has no tests.</span>
        ) : failed > 0 ? (
          <span className={classes['wrong']}>{failed === 1 ? 'One test fails.' : `${failed} tests fail.`}</span>
        ) : (
          results.length > 0 && 'All tests of the table give what its owner agreed to.'
        )}
      </p>
      {cases.length > 0 && (
        <ul className={`${classes['findings']} ${classes['cases']}`} aria-label="Test cases" tabIndex={0}>
          {listed.slice(0, MOST).map(({ one, at, result }) => (
            <li key={`${at} ${one.name}`}>
              <span className={classes['mark']} data-tone={result ? (result.ok ? 'ok' : 'danger') : 'none'}>
                {result ? (result.ok ? 'Pass' : 'Fails') : '…'}
              </span>
              <span className={classes['case']}>
                {one.name}
                {result && <small className="dim"> {answered(result)}</small>}
                {result && result.difference !== null && (
                  <>
                    <br />
                    <span className={classes['wrong']}>{result.difference}</span>
                  </>
                )}
              </span>
              {editable && (
                <span className={classes['acts']}>
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    aria-label={`Edit test ${one.name}`}
                    onClick={() => setOpen(at)}
                  >
                    <Pencil size={15} aria-hidden="true" />
                  </ActionIcon>
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    aria-label={`Delete test ${one.name}`}
                    onClick={() => change((before) => deleteCase(before, at))}
                  >
                    <Trash2 size={15} aria-hidden="true" />
                  </ActionIcon>
                </span>
              )}
            </li>
          ))}
          {cases.length > MOST && <li className="dim">and {cases.length - MOST} more</li>}
        </ul>
      )}
      {testsLeft > 0 && (
        <ul className={classes['findings']}>
          <Line tone="warn" mark="Left out">
            {testsLeft} more were not run: together they take too long.
          </Line>
        </ul>
      )}
      {editable && (
        <Button variant="default" mt="xs" leftSection={<Plus size={14} />} onClick={() => setOpen('new')}>
          Add test
        </Button>
      )}
      {open !== null && opened && (
        <TestForm
          table={table}
          test={opened}
          isNew={open === 'new'}
          onClose={() => setOpen(null)}
          onSave={(made) => {
            change((before) => (open === 'new' ? addCase(before, made) : changeCase(before, open, made)));
            setOpen(null);
          }}
        />
      )}
    </Panel>
  );
}

function answered({ matched, error }: Result): string {
  if (error !== null) return `error ${error}`;
  return matched.length === 0 ? 'no row' : `row ${matched.join(', ')}`;
}
