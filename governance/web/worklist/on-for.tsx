import type { TaskList } from '../../api/runtime-shapes.ts';

/** What the reader is on for now, which decides what is theirs; and what is missing where nothing is. */
export function OnFor({ list }: { readonly list: TaskList | undefined }) {
  if (!list) return null;
  if (!list.roster)
    return (
      <span className="dim">No roster here: you see what is handed to you by name. Everything is under “All”.</span>
    );
  if (list.covers.length === 0) return <span className="dim">The roster has you on for nothing now.</span>;
  const everywhere = new Set(list.covers.filter(({ unit }) => unit === null).map(({ role }) => role));
  const covers = list.covers.filter(({ role, unit }) => unit === null || !everywhere.has(role));
  const words = covers.map(({ role, unit }) => (unit === null ? role : `${role}, ${unit}`));
  return (
    <span className="dim" title={words.join(' · ')}>
      You are on for {words.slice(0, 3).join(' · ')}
      {words.length > 3 && ` and ${words.length - 3} more`}
    </span>
  );
}
