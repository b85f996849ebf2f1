import { Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { RosterView } from '../../api/runtime-shapes.ts';
import { DeedSheet } from './deed-sheet.tsx';
import { useRoster } from './queries.ts';
import { NO_REASON, ReasonChoiceField, reasonOf } from './reason-choice.tsx';
import { HAND_OVER_REASONS } from './reasons.ts';
import type { SheetProps } from './wish.ts';
import { TASK_LOOKS, whoWords } from './task-words.ts';
import { useSeen } from './use-seen.ts';
import { canBeHandedOver } from './ways.ts';

/** To a person, or to whoever is on for a role in a unit. */
export function HandOverSheet({ task: opened, onClose, onDone }: SheetProps) {
  const seen = useSeen(opened);
  const { task, version } = seen;
  const roster = useRoster().data;
  const [role, setRole] = useState<string | null>(task.assigned.role);
  const [unit, setUnit] = useState<string | null>(task.assigned.unit);
  const [person, setPerson] = useState<string | null>(null);
  const [given, setGiven] = useState(NO_REASON);
  const possible = canBeHandedOver(task.state);
  const reason = reasonOf(given);
  const to = { role, unit, person };
  const same = person === task.assigned.person && role === task.assigned.role && unit === task.assigned.unit;
  const nobody = role === null && unit === null && person === null;
  const on = roster ? whoIsOn(roster, role, unit) : [];
  return (
    <DeedSheet
      title="Hand over"
      seen={seen}
      deed={
        !possible || reason === null || nobody || same
          ? null
          : { kind: 'assign', request: { seen: version, to, reason } }
      }
      said={`Handed over to ${whoWords(to)}.`}
      button="Hand it over"
      impossible={
        possible ? null : `It is ${TASK_LOOKS[task.state].label.toLowerCase()}, and cannot be handed over now.`
      }
      onClose={onClose}
      onDone={onDone}
    >
      <p className="dim">Now: {whoWords(task.assigned)}.</p>
      <Choice label="Role" value={role} onChange={setRole} options={namesOf(roster, 'role', task.assigned.role)} />
      <Choice label="Unit" value={unit} onChange={setUnit} options={namesOf(roster, 'unit', task.assigned.unit)} />
      <Choice
        label="Person (optional)"
        description={
          person !== null
            ? undefined
            : on.length > 0
              ? `On for it now: ${on.join(', ')}.`
              : roster
                ? 'Nobody is on for it now: it would wait until somebody is.'
                : undefined
        }
        focus
        value={person}
        onChange={setPerson}
        options={people(roster, on)}
      />
      <ReasonChoiceField label="Why?" choices={HAND_OVER_REASONS} value={given} onChange={setGiven} focus={false} />
    </DeedSheet>
  );
}

interface Option {
  readonly value: string;
  readonly label: string;
}

/** A list where the roster has one, else a word to type. */
function Choice({
  label,
  description,
  focus = false,
  value,
  options,
  onChange,
}: {
  readonly label: string;
  readonly description?: string | undefined;
  readonly focus?: boolean;
  readonly value: string | null;
  readonly options: readonly Option[];
  readonly onChange: (value: string | null) => void;
}) {
  const more = {
    ...(description === undefined ? {} : { description }),
    ...(focus ? { 'data-autofocus': true } : {}),
  };
  if (options.length === 0)
    return (
      <TextInput
        label={label}
        {...more}
        size="sm"
        maxLength={100}
        value={value ?? ''}
        onChange={(event) => onChange(event.currentTarget.value.trim() === '' ? null : event.currentTarget.value)}
      />
    );
  return (
    <Select
      label={label}
      {...more}
      size="sm"
      placeholder="none"
      data={options}
      searchable
      clearable
      clearButtonProps={{ 'aria-label': `No ${label.toLowerCase().replace(' (optional)', '')}` }}
      nothingFoundMessage="Nobody in the roster"
      value={value}
      onChange={onChange}
    />
  );
}

const plain = (names: readonly string[]): readonly Option[] =>
  [...new Set(names)].toSorted((a, b) => a.localeCompare(b)).map((name) => ({ value: name, label: name }));

function namesOf(roster: RosterView | undefined, of: 'role' | 'unit', own: string | null): readonly Option[] {
  if (!roster) return [];
  return plain([...roster.entries.map((entry) => entry[of]), own].filter((one) => one !== null));
}

/** Those who are on for it first. */
function people(roster: RosterView | undefined, on: readonly string[]): readonly Option[] {
  if (!roster) return [];
  const others = plain(roster.entries.map((entry) => entry.person)).filter(({ value }) => !on.includes(value));
  return [...on.map((name) => ({ value: name, label: `${name} · on now` })), ...others];
}

/** As the roster says it: those of the unit, else those of all units. */
function whoIsOn(roster: RosterView, role: string | null, unit: string | null): readonly string[] {
  const now = roster.entries.filter((entry) => entry.now && entry.role === role);
  const ofUnit = now.filter((entry) => entry.unit !== null && entry.unit === unit);
  const chosen = ofUnit.length > 0 ? ofUnit : now.filter((entry) => entry.unit === null);
  return [...new Set(chosen.map((entry) => entry.person))];
}
