import { Equal, EqualNot } from 'lucide-react';
import own from './identities.module.css';
import { comparedOf, elementWords } from './identity-words.ts';
import type { Question } from './queries.ts';

/** Which details agree and which differ: names alone. */
export function Compared({ question }: { readonly question: Question }) {
  const { agree, differ } = comparedOf(question);
  if (agree.length + differ.length === 0)
    return <span className="dim">No detail is stated of both that could be compared.</span>;
  return (
    <span className={own['compared']}>
      {differ.length > 0 && (
        <span data-differ>
          <EqualNot size={14} aria-hidden="true" /> {differ.length === 1 ? 'Differs' : 'Differ'}: {elementWords(differ)}
        </span>
      )}
      {agree.length > 0 && (
        <span>
          <Equal size={14} aria-hidden="true" /> {agree.length === 1 ? 'Agrees' : 'Agree'}: {elementWords(agree)}
        </span>
      )}
    </span>
  );
}
