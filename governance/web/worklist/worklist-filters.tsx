import { ActionIcon, Button, Select, TextInput } from '@mantine/core';
import { useDebouncedCallback, useMediaQuery } from '@mantine/hooks';
import { ListFilter, Search, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { TaskState, TaskView } from '../../api/runtime-shapes.ts';
import { useStatus } from '../api/queries.ts';
import { useShortcuts } from '../keyboard/shortcuts.ts';
import { useRoster } from '../tasks/queries.ts';
import { TASK_LOOKS } from '../tasks/task-words.ts';
import { isNarrowed, TAB_LOOKS, type WorkFilter } from './worklist-filter.ts';
import classes from './worklist.module.css';

const SEARCH_AFTER_MS = 200;

export function WorklistFilters({
  filter,
  search,
  loaded,
  covers,
  onChange,
  onSearch,
}: {
  readonly filter: WorkFilter;
  readonly search: string;
  /** What is in them is offered to choose from. */
  readonly loaded: readonly TaskView[];
  readonly covers: readonly { readonly role: string; readonly unit: string | null }[];
  readonly onChange: (more: Partial<WorkFilter>) => void;
  readonly onSearch: (search: string) => void;
}) {
  const phone = useMediaQuery('(max-width: 48em)', window.innerWidth <= 768, { getInitialValueInEffect: false });
  const [unfolded, setUnfolded] = useState(isNarrowed(filter));
  const [text, setText] = useState(search);
  const box = useRef<HTMLInputElement>(null);
  const roster = useRoster().data?.entries ?? [];
  const definitions = useStatus().data?.definitions ?? [];
  const later = useDebouncedCallback(onSearch, SEARCH_AFTER_MS);
  useShortcuts('Search', [{ keys: '/', what: 'Search', run: () => box.current?.focus() }]);

  const type = (next: string): void => {
    setText(next);
    later(next.trim());
  };
  const clear = (): void => {
    setText('');
    later.cancel();
    onSearch('');
  };
  const roles = [...roster, ...covers]
    .map(({ role }) => role)
    .concat(loaded.flatMap(({ assigned: { role } }) => role ?? []));
  const units = [...roster, ...covers]
    .flatMap(({ unit }) => unit ?? [])
    .concat(loaded.flatMap(({ assigned: { unit } }) => unit ?? []));
  // Taken back from outside: the box does not go on saying it.
  useEffect(() => {
    if (search === '') setText('');
  }, [search]);
  const states = TAB_LOOKS[filter.tab].states;
  return (
    <div className={classes['filters']} role="search">
      <TextInput
        ref={box}
        className={classes['search'] ?? ''}
        aria-label="Search in titles, patients and people"
        placeholder={phone ? 'Title, patient, person' : 'Title, patient, unit or person   ( / )'}
        leftSection={<Search size={15} aria-hidden="true" />}
        rightSection={
          text !== '' && (
            <ActionIcon variant="transparent" color="gray" size="sm" aria-label="Clear the search" onClick={clear}>
              <X size={14} />
            </ActionIcon>
          )
        }
        autoComplete="off"
        spellCheck={false}
        maxLength={128}
        value={text}
        onChange={(event) => type(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') {
            clear();
            box.current?.blur();
          } else if (event.key === 'Enter') {
            later.cancel();
            onSearch(text.trim());
            box.current?.blur();
          }
        }}
      />
      {phone && (
        <Button
          variant="default"
          size="sm"
          leftSection={<ListFilter size={15} aria-hidden="true" />}
          aria-expanded={unfolded}
          onClick={() => setUnfolded(!unfolded)}
        >
          Filter
        </Button>
      )}
      {(!phone || unfolded) && (
        <>
          <Narrow
            name="role"
            label="Role"
            options={names([...roles, filter.role])}
            filter={filter}
            onChange={onChange}
          />
          <Narrow
            name="unit"
            label="Unit"
            options={names([...units, filter.unit])}
            filter={filter}
            onChange={onChange}
          />
          <Narrow
            name="code"
            label="Kind"
            options={names([...loaded.map(({ code }) => code), filter.code])}
            filter={filter}
            onChange={onChange}
          />
          {states.length > 1 && (
            <Narrow
              name="state"
              label="State"
              options={states.map((state: TaskState) => ({ value: state, label: TASK_LOOKS[state].label }))}
              filter={filter}
              onChange={onChange}
            />
          )}
          {definitions.length > 1 && (
            <Narrow
              name="definition"
              label="Flow"
              options={definitions.map(({ name, title }) => ({ value: name, label: title }))}
              filter={filter}
              onChange={onChange}
            />
          )}
        </>
      )}
    </div>
  );
}

function Narrow({
  name,
  label,
  options,
  filter,
  onChange,
}: {
  readonly name: 'role' | 'unit' | 'code' | 'state' | 'definition';
  readonly label: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly filter: WorkFilter;
  readonly onChange: (more: Partial<WorkFilter>) => void;
}) {
  const any = `Any ${label.toLowerCase()}`;
  return (
    <Select
      className={classes['narrow'] ?? ''}
      aria-label={label}
      placeholder={any}
      data={[...options]}
      clearable
      clearButtonProps={{ 'aria-label': any }}
      nothingFoundMessage="Nothing to choose from"
      value={filter[name] === '' ? null : filter[name]}
      onChange={(value) => onChange({ [name]: value ?? '' })}
    />
  );
}

const names = (all: readonly string[]): { value: string; label: string }[] =>
  [...new Set(all)]
    .filter((one) => one !== '')
    .toSorted((a, b) => a.localeCompare(b))
    .map((one) => ({ value: one, label: one }));
