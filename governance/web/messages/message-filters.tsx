import { ActionIcon, Select, TextInput } from '@mantine/core';
import { Search, ShieldCheck, X } from 'lucide-react';
import { useEffect, useRef, useState, type SubmitEvent } from 'react';
import type { IdentifierSearch } from '../../api/contract.ts';
import { useStatus } from '../api/queries.ts';
import { useShortcuts } from '../keyboard/shortcuts.ts';
import { useSession } from '../session/session.ts';
import { PERIODS, type ListFilter, type Period } from './list-filter.ts';
import classes from './messages.module.css';

type By = 'text' | IdentifierSearch['kind'];

const BY = [
  { value: 'text', label: 'Control id or code' },
  { value: 'patient', label: 'Patient identifier' },
  { value: 'order', label: 'Order number' },
  { value: 'visit', label: 'Visit number' },
] as const;
const TYPES = ['ADT', 'ORU', 'ORM', 'OML', 'SIU', 'MDM', 'DFT', 'VXU', 'RDE', 'BAR'];
const SEARCH_AFTER_MS = 250;

export function MessageFilters({
  filter,
  search,
  onChange,
  onSearch,
}: {
  readonly filter: ListFilter;
  readonly search: IdentifierSearch | null;
  readonly onChange: (more: Partial<ListFilter>) => void;
  readonly onSearch: (search: IdentifierSearch | null) => void;
}) {
  const { may } = useSession();
  const feeds = useStatus().data?.feeds ?? [];
  const [by, setBy] = useState<By>(search?.kind ?? 'text');
  const [text, setText] = useState(search?.value ?? filter.q);
  const box = useRef<HTMLInputElement>(null);
  useShortcuts('Search', [{ keys: '/', what: 'Search', run: () => box.current?.focus() }]);

  const byText = by === 'text';
  // The page renders with every live change; a pause in typing must not begin anew with each.
  const latest = useRef(onChange);
  useEffect(() => {
    latest.current = onChange;
  });
  useEffect(() => {
    if (!byText || text.trim() === filter.q) return undefined;
    const timer = window.setTimeout(() => latest.current({ q: text.trim() }), SEARCH_AFTER_MS);
    return () => window.clearTimeout(timer);
  }, [text, byText, filter.q]);
  useEffect(() => {
    if (filter.q === '' && byText && !search) setText('');
  }, [filter.q, byText, search]);

  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    if (!byText && text.trim() !== '') onSearch({ kind: by, value: text.trim() });
  };
  const clear = (): void => {
    setText('');
    onSearch(null);
    if (filter.q !== '') onChange({ q: '' });
  };
  const changeBy = (next: By): void => {
    setBy(next);
    setText('');
    onSearch(null);
    if (filter.q !== '') onChange({ q: '' });
    box.current?.focus();
  };

  return (
    <form className={classes['filters']} role="search" onSubmit={submit}>
      {may('message:search-identifier') && (
        <Select
          className={classes['by'] ?? ''}
          aria-label="Search by"
          data={BY}
          value={by}
          allowDeselect={false}
          onChange={(value) => changeBy(value as By)}
        />
      )}
      <TextInput
        ref={box}
        className={classes['search'] ?? ''}
        aria-label={
          byText
            ? 'Search by control id, message id or error code'
            : `${BY.find((one) => one.value === by)?.label}, then Enter`
        }
        placeholder={byText ? 'Control id, message id or error code   ( / )' : 'Complete identifier, then Enter'}
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
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') box.current?.blur();
        }}
      />
      {byText ? (
        <>
          <Select
            className={classes['narrow'] ?? ''}
            aria-label="Message type"
            placeholder="Any type"
            data={TYPES}
            clearable
            clearButtonProps={{ 'aria-label': 'Any type' }}
            value={filter.type === '' ? null : filter.type}
            onChange={(value) => onChange({ type: value ?? '' })}
          />
          {feeds.length > 1 && (
            <Select
              className={classes['narrow'] ?? ''}
              aria-label="Feed"
              placeholder="Any feed"
              data={feeds.map((feed) => feed.name)}
              clearable
              clearButtonProps={{ 'aria-label': 'Any feed' }}
              value={filter.feed === '' ? null : filter.feed}
              onChange={(value) => onChange({ feed: value ?? '' })}
            />
          )}
          <Select
            className={classes['narrow'] ?? ''}
            aria-label="Received"
            data={Object.entries(PERIODS).map(([value, { label }]) => ({ value, label }))}
            allowDeselect={false}
            value={filter.period}
            onChange={(value) => onChange({ period: value as Period })}
          />
        </>
      ) : (
        <p className={classes['audited']}>
          <ShieldCheck size={15} aria-hidden="true" /> Each search by an identifier is recorded in the audit.
        </p>
      )}
      {/* Enter submits a form of several fields only where it has a button. */}
      <button type="submit" className="visually-hidden" tabIndex={-1}>
        Search
      </button>
    </form>
  );
}
