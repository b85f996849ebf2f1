import { Button, CloseButton, Select, TextInput } from '@mantine/core';
import { Search, UserSearch } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { AuditChoices } from '../../api/audit-contract.ts';
import { useSession } from '../session/session.ts';
import { isFiltered, PERIODS, type PageFilter, type TextField } from './audit-filter.ts';
import classes from './audit.module.css';
import { chainName } from './audit-words.ts';

/** What is wanted; every change goes into the address. */
export function FilterBar({
  filter,
  choices,
  onChange,
  onIdentifier,
}: {
  readonly filter: PageFilter;
  readonly choices: AuditChoices | undefined;
  readonly onChange: (change: Readonly<Record<string, string | undefined>>) => void;
  readonly onIdentifier: () => void;
}) {
  const { may } = useSession();
  const select = (name: TextField, label: string, any: string, values: readonly { value: string; label: string }[]) => (
    <Select
      aria-label={label}
      placeholder={any}
      // What the address asks for stays choosable, also where nothing has it yet.
      data={withOwn(values, filter[name])}
      searchable
      clearable
      clearButtonProps={{ 'aria-label': any }}
      value={filter[name] ?? null}
      onChange={(value) => onChange({ [name]: value ?? undefined })}
      nothingFoundMessage="None of this name"
    />
  );
  const plain = (values: readonly string[] = []) => values.map((value) => ({ value, label: value }));
  return (
    <div className={classes['filters']} role="search">
      <Draft
        name="q"
        label="Search in all entries"
        placeholder="Search: words, ids, codes"
        wide
        {...{ filter, onChange }}
      />
      {select(
        'environment',
        'Where',
        'Everywhere',
        (choices?.environments ?? []).map((value) => ({ value, label: chainName(value) })),
      )}
      {select('actor', 'Who', 'Anybody', plain(choices?.actors))}
      {select('type', 'Type of entry', 'Any type', typesOf(choices?.types ?? []))}
      {select('definition', 'Definition', 'Any definition', plain(choices?.definitions))}
      <Select
        aria-label="When"
        data={Object.entries(PERIODS).map(([value, { label }]) => ({ value, label }))}
        allowDeselect={false}
        value={filter.period}
        onChange={(value) => onChange({ period: value === 'all' ? undefined : (value ?? undefined) })}
      />
      {filter.period === 'dates' && (
        <>
          <TextInput
            type="date"
            aria-label="From this day"
            value={filter.from ?? ''}
            onChange={(event) => onChange({ from: event.currentTarget.value || undefined })}
          />
          <TextInput
            type="date"
            aria-label="To this day"
            value={filter.to ?? ''}
            onChange={(event) => onChange({ to: event.currentTarget.value || undefined })}
          />
        </>
      )}
      <Draft
        name="message"
        label="Message id or control id"
        placeholder="Message or control id"
        {...{ filter, onChange }}
      />
      <Draft name="proposal" label="Proposal" placeholder="Proposal" {...{ filter, onChange }} />
      {may('message:search-identifier') && (
        <Button variant="default" leftSection={<UserSearch size={15} aria-hidden="true" />} onClick={onIdentifier}>
          By patient…
        </Button>
      )}
      {isFiltered(filter) && (
        <Button variant="subtle" onClick={() => onChange(NOTHING)}>
          Clear all
        </Button>
      )}
    </div>
  );
}

const NOTHING: Readonly<Record<string, undefined>> = Object.fromEntries(
  [
    ...(['q', 'actor', 'type', 'definition', 'message', 'proposal', 'environment', 'period', 'from', 'to'] as const),
  ].map((name) => [name, undefined]),
);

/** A field that asks when somebody has stopped typing. */
function Draft({
  name,
  label,
  placeholder,
  filter,
  onChange,
  wide = false,
}: {
  readonly name: TextField;
  readonly label: string;
  readonly placeholder: string;
  readonly filter: PageFilter;
  readonly onChange: (change: Readonly<Record<string, string | undefined>>) => void;
  readonly wide?: boolean;
}) {
  const given = filter[name] ?? '';
  const [text, setText] = useState(given);
  useEffect(() => setText(given), [given]);
  useEffect(() => {
    if (text.trim() === given) return undefined;
    const timer = setTimeout(() => onChange({ [name]: text.trim() || undefined }), 300);
    return () => clearTimeout(timer);
    // `onChange` is made anew at each render.
  }, [text, given, name]);
  return (
    <TextInput
      className={wide ? classes['wide'] : ''}
      aria-label={label}
      placeholder={placeholder}
      maxLength={128}
      {...(wide && { leftSection: <Search size={15} aria-hidden="true" /> })}
      {...(text !== '' && {
        rightSection: <CloseButton size="sm" aria-label={`Clear: ${label}`} onClick={() => setText('')} />,
      })}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
    />
  );
}

/** Each group as a whole, then its types. */
function typesOf(types: readonly string[]): readonly { value: string; label: string }[] {
  const groups = Map.groupBy(types, (type) => type.slice(0, type.indexOf('.')));
  return [...groups].flatMap(([group, own]) => [
    ...(own.length > 1 ? [{ value: `${group}.*`, label: `${group}: all` }] : []),
    ...own.map((type) => ({ value: type, label: type })),
  ]);
}

function withOwn(values: readonly { value: string; label: string }[], own: string | undefined) {
  const known = own === undefined || values.some(({ value }) => value === own);
  return known ? [...values] : [...values, { value: own, label: own }];
}
