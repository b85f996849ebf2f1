/** What can go wrong with the list of pinned samples. */
import { defineErrors } from '../../engine/index.ts';

export const sampleErrors = defineErrors({
  'samples-unreadable': {
    class: 'permanent',
    text: 'The list of pinned samples cannot be read ({file} in the folder of this environment): {reason}.',
    remedy: 'Mend the file, or remove it: then no message is pinned any more. Messages are not touched by either.',
  },
  'samples-full': {
    class: 'permanent',
    text: '{what} has {limit} pinned samples already.',
    remedy: 'Unpin one that is not needed any more.',
  },
});
