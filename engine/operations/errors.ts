import { defineErrors } from '../base/errors.ts';

export const operationErrors = defineErrors({
  'switch-invalid': {
    class: 'permanent',
    text: 'Nothing was stopped: {reason}.',
    remedy: 'Correct that and try again.',
  },
  'feed-stopped': {
    class: 'throttled',
    text: 'Feed {feed} was stopped and takes no messages: {reason}',
    remedy: 'Send again when the feed runs; "npx wardflow resume feed {feed}" lets it go on.',
  },
});
