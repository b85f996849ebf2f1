import { defineErrors } from '../base/errors.ts';

export const intakeErrors = defineErrors({
  'intake-no-control-id': {
    class: 'permanent',
    text: 'The message has no control id (MSH-10), so it cannot be acknowledged by name.',
    remedy: 'Have the sender fill MSH-10 with an id of its own for each message.',
  },
  'intake-unreadable': {
    class: 'permanent',
    text: 'The message could not be read.',
    remedy: 'Look at its bytes in the console, and have the sender correct them.',
  },
  'intake-batch-count': {
    class: 'permanent',
    text: 'The batch states another number of messages or batches (BTS-1, FTS-1) than it holds.',
    remedy: 'Ask the sender whether parts were lost; a flow behind "quarantine in" can split it as it is.',
  },
  'intake-batch-too-large': {
    class: 'permanent',
    text: 'The batch holds more than {limit} messages.',
    remedy: 'Have the sender send smaller batches.',
  },
  'intake-bad-ordering-path': {
    class: 'permanent',
    text: 'Feed {feed} orders its work by "{path}", which is not a path to a value of an HL7 message.',
    remedy: "Write a path such as PID-3.1 in the feed's settings and deploy again.",
  },
  'intake-port-shared': {
    class: 'permanent',
    text: 'Feed {feed} is bound to port {port} of {host}, where feed {other} listens already.',
    remedy: 'Give each feed a port of its own in bindings.json.',
  },
  'intake-feed-twice': {
    class: 'permanent',
    text: 'The name {feed} belongs to another feed, so nothing is taken here.',
    remedy: 'Give each source that is a feed of its own a name of its own, and deploy again.',
  },
  'intake-not-read-again': {
    class: 'permanent',
    text: 'Messages of this feed cannot be read once more from what was kept.',
    remedy: 'Have the sender send it again, or discard it with a reason.',
  },
  'intake-journal-failed': {
    class: 'transient',
    text: 'A message could not be written to the journal, so it was not acknowledged.',
    remedy: 'Look at the disk and the store; the sender sends the message again.',
  },
});
