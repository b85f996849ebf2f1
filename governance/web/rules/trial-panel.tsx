import { Button, Group, NativeSelect, TextInput } from '@mantine/core';
import { FlaskConical } from 'lucide-react';
import { useState } from 'react';
import type { RuleTableReport, SampleValues } from '../../api/runtime-shapes.ts';
import { addCase, caseOfTrial } from '../../api/rule-sheet/cases.ts';
import { shown, type Table, type Value } from '../../api/rule-sheet/draft.ts';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { useSamples } from '../samples/queries.ts';
import { useSession } from '../session/session.ts';
import { Panel } from './panel.tsx';
import { sampleValues } from './queries.ts';
import classes from './sheet.module.css';
import type { Change } from './use-history.ts';

interface TrialProps {
  readonly place: { readonly definition: string; readonly table: string; readonly feeds: readonly string[] };
  readonly table: Table;
  readonly typed: Readonly<Record<string, string>>;
  readonly onType: (typed: Readonly<Record<string, string>>) => void;
  readonly trial: Readonly<Record<string, Value>> | null;
  readonly report: RuleTableReport | undefined;
  readonly editable: boolean;
  readonly change: Change<Table>;
}

/** One input, typed or of a pinned message: what comes of it, and why the nearest rows did not match. */
export function Trial({ place, table, typed, onType, trial: given, report, editable, change }: TrialProps) {
  const [name, setName] = useState('');
  // A patient's values must not get into a file of the definitions: not until every field has been emptied.
  const [isPatients, setPatients] = useState(false);
  const type = (next: Readonly<Record<string, string>>): void => {
    if (Object.values(next).every((text) => text.trim() === '')) setPatients(false);
    onType(next);
  };
  const trial = (given && report?.trial) ?? null;
  const outputs = trial?.outputs ?? null;
  const taken = (table.tests ?? []).some((one) => one.name === name.trim());
  return (
    <Panel title="Try an input">
      <FromSample
        place={place}
        table={table}
        onType={(values) => {
          setPatients(true);
          onType(values);
        }}
      />
      <div className={classes['trial']}>
        {table.inputs.map(({ name: input, label = input, unit, type: kind }) => (
          <TextInput
            key={input}
            label={unit === undefined ? label : `${label} (${unit})`}
            placeholder={kind}
            value={typed[input] ?? ''}
            onChange={(event) => type({ ...typed, [input]: event.currentTarget.value })}
          />
        ))}
      </div>
      {trial && given && (
        <div className={classes['stack']} aria-live="polite">
          <p className={classes['verdict']}>{trial.sentence}</p>
          {outputs && (
            <p>
              {Object.entries(outputs).map(([output, value], i) => (
                <span key={output}>
                  {i > 0 && ', '}
                  <span className="dim">{output}</span>{' '}
                  <code>{value === null ? 'nothing' : JSON.stringify(value)}</code>
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
          {editable && isPatients && (
            <p className="dim">
              Values of a pinned message are not kept as a test. Empty the fields and type an input of your own.
            </p>
          )}
          {editable && !isPatients && (
            <form
              onSubmit={(event) => {
                event.preventDefault();
                if (name.trim() === '' || taken) return;
                change((before) => addCase(before, caseOfTrial(before, name.trim(), given, trial)));
                setName('');
              }}
            >
              <Group align="end" gap="xs" wrap="nowrap">
                <TextInput
                  label="Keep it as a test named"
                  maxLength={200}
                  style={{ flex: 1 }}
                  value={name}
                  error={taken ? 'Another test has this name' : null}
                  onChange={(event) => setName(event.currentTarget.value)}
                />
                <Button
                  type="submit"
                  variant="default"
                  leftSection={<FlaskConical size={14} />}
                  disabled={name.trim() === '' || taken}
                >
                  Add as test
                </Button>
              </Group>
            </form>
          )}
        </div>
      )}
    </Panel>
  );
}

/** The messages pinned to the definition's feeds. Values of one are a patient's: never by themselves. */
function FromSample({ place, table, onType }: Pick<TrialProps, 'place' | 'table' | 'onType'>) {
  const session = useSession();
  const [chosen, setChosen] = useState('');
  const [found, setFound] = useState<SampleValues | null>(null);
  const [event, setEvent] = useState('0');
  const [trouble, setTrouble] = useState<unknown>(null);
  const samples = useSamples().data?.samples.filter(({ feed, gone }) => !gone && place.feeds.includes(feed)) ?? [];
  if (!session.may('message:read-body') || samples.length === 0) return null;

  const fill = (values: SampleValues, at: string): void => {
    const inputs = values.events[Number(at)]?.inputs ?? {};
    setEvent(at);
    onType(Object.fromEntries(Object.entries(inputs).map(([input, value]) => [input, shown(value)])));
  };
  const take = async (message: string): Promise<void> => {
    setChosen(message);
    setTrouble(null);
    setFound(null);
    if (message === '') return;
    try {
      const values = await sampleValues(place.definition, place.table, {
        content: table,
        message,
        use: crypto.randomUUID(),
      });
      setFound(values);
      fill(values, '0');
    } catch (error) {
      setTrouble(error);
    }
  };
  const failed = found?.events[Number(event)]?.error ?? null;
  return (
    <div className={classes['sample']}>
      <NativeSelect
        label="Fill in from a pinned message"
        description="That you look at it is recorded"
        value={chosen}
        onChange={(changed) => void take(changed.currentTarget.value)}
        data={[
          { value: '', label: 'Choose a message' },
          ...samples.map(({ message, name, type }) => ({
            value: message,
            label: type === null ? name : `${name} (${type})`,
          })),
        ]}
      />
      {found && found.events.length > 1 && (
        <NativeSelect
          label="Event"
          description={found.more > 0 ? `${found.more} more are not shown` : 'Derived from the message'}
          value={event}
          onChange={(changed) => fill(found, changed.currentTarget.value)}
          data={found.events.map((one, i) => ({ value: String(i), label: `${i + 1}: ${one.event}` }))}
        />
      )}
      {found && found.events.length === 0 && <p className="dim">No event is derived from this message.</p>}
      {failed !== null && <p className={classes['wrong']}>An input could not be worked out: {failed}.</p>}
      {trouble !== null && <ProblemNotice error={trouble} />}
    </div>
  );
}
