import { consoleErrors } from '../../errors.ts';
import type { Refusal } from '../login.ts';

/** Why somebody was not taken for who they say, as the error to answer with. */
export function refusal(outcome: Refusal): Error {
  switch (outcome.kind) {
    case 'locked':
      return consoleErrors.create('login-locked', { seconds: outcome.seconds });
    case 'expired':
      return consoleErrors.create('one-time-password-expired');
    case 'unfit':
      return consoleErrors.create('password-unfit');
    case 'code-needed':
      return consoleErrors.create('code-needed');
    case 'code-refused':
      return consoleErrors.create('code-refused');
    case 'refused':
      return consoleErrors.create('login-refused');
    default:
      return outcome satisfies never;
  }
}
