import { ActionIcon, SegmentedControl, Select, TextInput } from '@mantine/core';
import { ChevronLeft, ChevronRight } from 'lucide-react';
import { KINDS, SHIFT_PLANS, type Kind, type TimeChoice } from './shift-time.ts';
import classes from './shift.module.css';

const PLANS = SHIFT_PLANS.map((value) => {
  const [hours, first = ''] = value.split('-');
  return { value, label: `${hours} h from ${first.padStart(2, '0')}:00` };
});
const STEPS: Readonly<Record<Exclude<Kind, 'own'>, string>> = { shift: 'shift', today: 'day', week: '7 days' };

/** Which time, which service line; every change goes into the address. */
export function TimePicker({
  choice,
  lines,
  zones,
  onChange,
}: {
  readonly choice: TimeChoice;
  readonly lines: readonly string[];
  readonly zones: readonly string[];
  readonly onChange: (change: Readonly<Record<string, string | undefined>>) => void;
}) {
  const { kind, back } = choice;
  const go = (to: number): void => onChange({ back: to > 0 ? String(to) : undefined });
  return (
    <div className={classes['picker']}>
      <SegmentedControl
        aria-label="Which time"
        data={Object.entries(KINDS).map(([value, label]) => ({ value, label }))}
        value={kind}
        onChange={(value) => onChange({ time: value, back: undefined })}
        className={classes['kinds'] ?? ''}
      />
      {kind !== 'own' && (
        <div className={classes['steps']}>
          <ActionIcon variant="default" size={34} aria-label={`The ${STEPS[kind]} before`} onClick={() => go(back + 1)}>
            <ChevronLeft size={17} aria-hidden="true" />
          </ActionIcon>
          <ActionIcon
            variant="default"
            size={34}
            aria-label={`The ${STEPS[kind]} after`}
            disabled={back === 0}
            onClick={() => go(back - 1)}
          >
            <ChevronRight size={17} aria-hidden="true" />
          </ActionIcon>
        </div>
      )}
      {kind === 'shift' && (
        <Select
          aria-label="Length and beginning of shifts"
          data={PLANS}
          allowDeselect={false}
          value={choice.plan}
          onChange={(value) => onChange({ shifts: value ?? undefined, back: undefined })}
          className={classes['narrow'] ?? ''}
        />
      )}
      {kind === 'own' &&
        (['from', 'to'] as const).map((name) => (
          <TextInput
            key={name}
            type="datetime-local"
            aria-label={name === 'from' ? 'From' : 'To'}
            value={choice[name]}
            onChange={({ currentTarget }) => onChange({ [name]: currentTarget.value })}
          />
        ))}
      <Select
        aria-label="Service line"
        placeholder="All service lines"
        data={[...new Set([...lines, ...(choice.serviceLine === null ? [] : [choice.serviceLine])])]}
        clearable
        clearButtonProps={{ 'aria-label': 'All service lines' }}
        value={choice.serviceLine}
        onChange={(value) => onChange({ line: value ?? undefined })}
      />
      <Select
        aria-label="Zone of the clock"
        data={[...new Set([choice.zone, ...zones])]}
        searchable
        allowDeselect={false}
        value={choice.zone}
        onChange={(value) => onChange({ zone: value ?? undefined })}
        nothingFoundMessage="No zone of this name"
      />
    </div>
  );
}
