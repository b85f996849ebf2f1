import { Button, Checkbox, Select, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { ChevronsDownUp, ChevronsUpDown, Search, SearchX } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import type { Hl7Advice, OutlineAnswer } from '../../api/runtime-shapes.ts';
import { EmptyState } from '../feedback/empty-state.tsx';
import { LoadingRows } from '../feedback/loading-rows.tsx';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { AdviceList } from './advice-list.tsx';
import { OutlineTree } from './outline-tree.tsx';
import { PartDetails } from './part-details.tsx';
import { RawView } from './raw-view.tsx';
import classes from './reader.module.css';
import { above, placed, rowsOf, wayTo, type Opened, type Row } from './rows.ts';
import { CHARSETS, plainText, type Source } from './source.ts';
import { useCopy } from './use-copy.ts';
import { useOutline } from './use-outline.ts';

/** A message is opened as far as it fits a screen or two. */
const OPEN_SEGMENTS = 40;
const NOTHING: ReadonlyMap<string, boolean> = new Map();

/** A message as a tree, with what deserves a look, and as it stands. */
export function MessageView({ source }: { readonly source: Source }) {
  const [charset, setCharset] = useState('');
  const [message, setMessage] = useState(0);
  const [start, setStart] = useState(0);
  const [typed, setTyped] = useState('');
  const [find] = useDebouncedValue(typed.trim(), 200);
  const [empties, setEmpties] = useState(false);
  const [rule, setRule] = useState<Opened['rule'] | null>(null);
  const [but, setBut] = useState(NOTHING);
  const [selected, setSelected] = useState<string | null>(null);
  const [wanted, setWanted] = useState<string | null>(null);
  const { copied, copy } = useCopy();
  const { whole, pages, segments, here } = useOutline({ source, charset, message, start, find, empties });

  const total = whole.data?.total ?? 0;
  const opened = useMemo<Opened>(
    () => ({ rule: find !== '' ? 'all' : (rule ?? (total <= OPEN_SEGMENTS ? 'segments' : 'none')), but }),
    [find, rule, but, total],
  );
  const rows = useMemo(() => rowsOf(segments, opened), [segments, opened]);
  const warnings = useMemo(() => placed(segments, here), [segments, here]);
  const chosen = useMemo(
    () => (selected === null ? null : (wayTo(segments, selected).at(-1) ?? null)),
    [segments, selected],
  );
  const segment = useMemo(
    () => (chosen ? segments.find(({ path }) => path === segmentOf(chosen.path)) : undefined),
    [segments, chosen],
  );

  const show = (path: string): boolean => {
    const way = wayTo(segments, path);
    const last = way.at(-1);
    if (!last) return false;
    setBut((before) => new Map([...before, ...way.slice(0, -1).map((node) => [node.path, true] as const)]));
    setSelected(last.path);
    return true;
  };
  useEffect(() => {
    // A place that was asked for and had to be fetched first.
    if (wanted !== null && !pages.isPlaceholderData && segments.length > 0) {
      show(wanted);
      setWanted(null);
    }
  }, [wanted, segments, pages.isPlaceholderData]);

  const goTo = ({ path, segment: index }: Hl7Advice): void => {
    setTyped('');
    if (find === '' && segments.some((one) => one.index === index)) {
      show(path);
      return;
    }
    setStart(find === '' && index < 200 ? 0 : index);
    setWanted(path);
  };
  const reset = (): void => {
    setStart(0);
    setBut(NOTHING);
    setSelected(null);
  };
  const openRows = (which: readonly Row[], open: boolean): void =>
    setBut((before) => new Map([...before, ...which.map(({ node }) => [node.path, open] as const)]));

  if (whole.isPending) return <LoadingRows rows={8} height={30} />;
  if (whole.isError) return <Unreadable source={source} charset={charset} error={whole.error} onCharset={setCharset} />;
  const answer = whole.data;
  return (
    <div className={classes['view']}>
      <Facts answer={answer} />
      {answer.messages > 1 && (
        <MessageChoice
          answer={answer}
          onChange={(next) => {
            setMessage(next);
            reset();
          }}
        />
      )}
      {answer.damaged && <Damaged answer={answer} source={source} charset={charset} onCharset={setCharset} />}
      {!answer.damaged && charset !== '' && <CharsetChoice charset={charset} onCharset={setCharset} />}
      <AdviceList answer={answer} onGo={goTo} />
      <div className={classes['tools']}>
        <TextInput
          className={classes['find'] ?? ''}
          aria-label="Find in the message"
          placeholder="Find a path, name, value or meaning"
          leftSection={<Search size={14} aria-hidden="true" />}
          value={typed}
          maxLength={100}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            setStart(0);
          }}
        />
        <Checkbox
          size="xs"
          label="Empty fields"
          checked={empties}
          onChange={(event) => setEmpties(event.currentTarget.checked)}
        />
        <Button
          variant="default"
          leftSection={<ChevronsUpDown size={14} aria-hidden="true" />}
          onClick={() => (setRule('all'), setBut(NOTHING))}
        >
          Open all
        </Button>
        <Button
          variant="default"
          leftSection={<ChevronsDownUp size={14} aria-hidden="true" />}
          onClick={() => (setRule('none'), setBut(NOTHING))}
        >
          Close all
        </Button>
      </div>
      {start > 0 && find === '' && (
        <p className={classes['later']}>
          From segment {(start + 1).toLocaleString('en')} on.{' '}
          <button type="button" onClick={() => setStart(0)}>
            Show from the first
          </button>
        </p>
      )}
      {pages.isError ? (
        <ProblemNotice error={pages.error} retry={() => void pages.refetch()} />
      ) : pages.isPending ? (
        <LoadingRows rows={8} height={30} />
      ) : rows.length === 0 ? (
        <EmptyState icon={SearchX} title="Nothing in the message has this">
          Paths are found as a whole (PID-3); names, values and meanings by any part of them.
        </EmptyState>
      ) : (
        <div className={classes['panes']}>
          <OutlineTree
            label="Parts of the message"
            rows={rows}
            warnings={warnings}
            selected={selected}
            copied={copied}
            onSelect={setSelected}
            onToggle={(row, open) => openRows([row], open)}
            onOpenSiblings={({ parent }) =>
              openRows(
                rows.filter((row) => row.parent === parent && row.open !== null),
                true,
              )
            }
            onCopy={copy}
            onNearEnd={() => {
              if (pages.hasNextPage && !pages.isFetching) void pages.fetchNextPage();
            }}
          />
          <div className={classes['beside']}>
            {chosen && segment && (
              <PartDetails row={{ node: chosen, segment }} advice={warnings.at.get(chosen.path) ?? []} onCopy={copy} />
            )}
            <RawView
              segments={segments}
              chosen={chosen && segment ? { node: chosen, segment } : null}
              onSelect={show}
            />
          </div>
        </div>
      )}
      <p className={classes['keys']}>
        In the tree: arrows move and open, <kbd>c</kbd> or <kbd>Enter</kbd> copies the path, <kbd>v</kbd> the value,{' '}
        <kbd>*</kbd> opens what lies beside.
      </p>
    </div>
  );
}

/** `PID-3[2].4` -> `PID`; a segment's path is its own. */
function segmentOf(path: string): string {
  let place = path;
  for (let next = above(place); next !== null; next = above(place)) place = next;
  return place;
}

function Facts({ answer }: { readonly answer: OutlineAnswer }) {
  const { type, title, version, charset, total } = answer;
  return (
    <p className={classes['facts']}>
      <strong>{type === '' ? 'No type' : type}</strong>
      {title !== '' && <span>{title}</span>}
      <span>
        {version.stated === '' ? 'no version stated' : `version ${version.stated}`}
        {version.stated !== version.named && `, named as in ${version.named}`}
      </span>
      <span>{total === 1 ? '1 segment' : `${total.toLocaleString('en')} segments`}</span>
      <span>{charset}</span>
    </p>
  );
}

function MessageChoice({
  answer: { message, messages },
  onChange,
}: {
  readonly answer: OutlineAnswer;
  readonly onChange: (message: number) => void;
}) {
  return (
    <div className={classes['batch']}>
      <span>
        Message {message + 1} of {messages}
      </span>
      <Button variant="default" disabled={message === 0} onClick={() => onChange(message - 1)}>
        Previous
      </Button>
      <Button variant="default" disabled={message === messages - 1} onClick={() => onChange(message + 1)}>
        Next
      </Button>
    </div>
  );
}

interface CharsetProps {
  readonly charset: string;
  readonly onCharset: (charset: string) => void;
}

function CharsetChoice({ charset, onCharset }: CharsetProps) {
  return (
    <Select
      className={classes['charset'] ?? ''}
      label="Characters"
      data={CHARSETS}
      value={charset}
      allowDeselect={false}
      onChange={(value) => onCharset(value ?? '')}
    />
  );
}

function Damaged({
  answer,
  source,
  charset,
  onCharset,
}: CharsetProps & { readonly answer: OutlineAnswer; readonly source: Source }) {
  return (
    <div className={classes['damaged']} role="status">
      <p>
        <strong>Some bytes mean nothing in {answer.charset}.</strong> They are shown as �. MSH-18 may name another set
        than the sender uses{source.bytes ? ': try one here, and have the sender state it.' : '.'}
      </p>
      {source.bytes && <CharsetChoice charset={charset} onCharset={onCharset} />}
    </div>
  );
}

/** The text as it is, and why it is no more than text. */
function Unreadable({
  source,
  charset,
  error,
  onCharset,
}: CharsetProps & { readonly source: Source; readonly error: unknown }) {
  const text = useMemo(() => plainText(source, charset), [source, charset]);
  return (
    <div className={classes['view']}>
      <ProblemNotice error={error} />
      {source.bytes && <CharsetChoice charset={charset} onCharset={onCharset} />}
      {text.trim() !== '' && (
        <pre className={classes['plain']} tabIndex={0} aria-label="Text as it stands">
          {text}
        </pre>
      )}
    </div>
  );
}
