import { Link } from 'wouter';
import { messageWords } from './identity-words.ts';
import type { Question } from './queries.ts';

/**
 * A message that stated something, by whom it is about and the feed it came by, as far as the reader may see it.
 * @param opens it is what the keyboard of a list goes to
 */
export function MessageName({
  message,
  opens = false,
}: {
  readonly message: Question['message'];
  readonly opens?: boolean;
}) {
  if (message === null)
    return (
      <span data-open={opens || undefined} tabIndex={opens ? -1 : undefined}>
        a message that is not kept, or not of your part
      </span>
    );
  return (
    <>
      {message.patientHint !== null && <>{message.patientHint} in </>}
      <Link href={`/messages/${message.id}`} data-open={opens || undefined}>
        {messageWords(message)}
      </Link>{' '}
      by {message.feed}
    </>
  );
}
