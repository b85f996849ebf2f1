import { useMemo } from 'react';
import { EmptyState } from '../feedback/empty-state.tsx';
import { FileQuestion } from 'lucide-react';
import classes from './json-view.module.css';

/** Open from the start: what the resources of a Bundle say of themselves. */
const OPEN_LEVELS = 4;
/** Of one list or object; a hostile sender may send any number. */
const MOST_SHOWN = 500;
const LONGEST_VALUE = 20_000;

/** What is no HL7 message but JSON: a notification, a resource, an event. `undefined`: it is not JSON either. */
export function jsonOf(text: string): { readonly value: unknown } | undefined {
  const start = text.trimStart()[0];
  if (start !== '{' && start !== '[') return undefined;
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

/** A JSON text, part by part; large parts are opened when asked for. */
export function JsonView({ text }: { readonly text: string }) {
  const read = useMemo(() => jsonOf(text), [text]);
  if (text.trim() === '')
    return (
      <EmptyState icon={FileQuestion} title="It came without content">
        A notification may say no more than that something changed; what has changed is read afterwards.
      </EmptyState>
    );
  if (!read) return <pre className={classes['plain']}>{text}</pre>;
  return (
    <div className={classes['tree']} role="region" aria-label="Content, part by part" tabIndex={0}>
      <Value value={read.value} level={0} />
    </div>
  );
}

function Value({ value, level }: { readonly value: unknown; readonly level: number }) {
  if (typeof value !== 'object' || value === null) return <Scalar value={value} />;
  const entries: readonly (readonly [string, unknown])[] = Array.isArray(value)
    ? value.map((one, index) => [`[${index}]`, one] as const)
    : Object.entries(value);
  return (
    <ul className={classes['parts']}>
      {entries.slice(0, MOST_SHOWN).map(([name, one]) => (
        <Part key={name} name={name} value={one} level={level} />
      ))}
      {entries.length > MOST_SHOWN && <li className="dim">{entries.length - MOST_SHOWN} more are not shown</li>}
    </ul>
  );
}

function Part({ name, value, level }: { readonly name: string; readonly value: unknown; readonly level: number }) {
  if (typeof value !== 'object' || value === null)
    return (
      <li className={classes['line']}>
        <span className={classes['name']}>{name}</span> <Scalar value={value} />
      </li>
    );
  return (
    <li>
      <details open={level < OPEN_LEVELS}>
        <summary>
          <span className={classes['name']}>{name}</span> <span className="dim">{summaryOf(value)}</span>
        </summary>
        <Value value={value} level={level + 1} />
      </details>
    </li>
  );
}

function summaryOf(value: object): string {
  if (Array.isArray(value)) return value.length === 1 ? '1 entry' : `${value.length} entries`;
  const type: unknown = 'resourceType' in value ? value.resourceType : undefined;
  const count = Object.keys(value).length;
  return typeof type === 'string' ? type : count === 1 ? '1 part' : `${count} parts`;
}

function Scalar({ value }: { readonly value: unknown }) {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return (
    <span className={classes['value']} data-kind={value === null ? 'null' : typeof value}>
      {text.slice(0, LONGEST_VALUE)}
      {text.length > LONGEST_VALUE && <em> … {(text.length - LONGEST_VALUE).toLocaleString('en')} more characters</em>}
    </span>
  );
}
