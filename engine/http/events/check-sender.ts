/** Whether an event is from whom it should be. */
import { createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { isSameText } from '../../base/same-text.ts';
import type { HttpEventBinding } from './event-feed.ts';

const MOST_SKEW_S = 300;

/** `secret`: of the binding's credential; '' for a certificate, which the listener has demanded. `now`: milliseconds. */
export function isFromSender(
  auth: HttpEventBinding['auth'],
  secret: string,
  headers: IncomingHttpHeaders,
  body: Uint8Array,
  now: number,
): boolean {
  switch (auth.kind) {
    case 'certificate':
      return true;
    case 'token':
      return isSameText(headers.authorization ?? '', `Bearer ${secret}`);
    case 'signature': {
      const stated = headers['wardflow-signature'];
      const [, seconds = '', signature = ''] =
        /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(typeof stated === 'string' ? stated : '') ?? [];
      // An old signature is a copy of what was sent once; without a time it would be good for ever.
      if (seconds === '' || Math.abs(now / 1000 - Number(seconds)) > MOST_SKEW_S) return false;
      const ours = createHmac('sha256', secret).update(`${seconds}.`).update(body).digest('hex');
      return isSameText(signature, ours);
    }
    default:
      return auth satisfies never;
  }
}
