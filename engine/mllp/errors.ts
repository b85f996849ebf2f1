import { defineErrors } from '../base/errors.ts';

export const mllpErrors = defineErrors({
  'mllp-port-taken': {
    class: 'transient',
    text: 'Port {port} on {host} is already in use by another program.',
    remedy: 'Stop the other program, or give the feed another port (WARDFLOW_MLLP_PORT, or bindings.json).',
  },
  'mllp-port-forbidden': {
    class: 'permanent',
    text: 'This user may not listen on port {port} of {host}.',
    remedy: 'Give the feed a port above 1023, or allow the user to take this one.',
  },
  'mllp-address-unknown': {
    class: 'permanent',
    text: '{host} is not an address of this machine, so port {port} cannot be opened on it.',
    remedy: 'Bind the feed to 127.0.0.1 or to an address that this machine has.',
  },
  'mllp-listen-failed': {
    class: 'transient',
    text: 'Listening on port {port} of {host} failed ({reason}).',
    remedy: 'Look at the reason; the listener tries again by itself.',
  },
  'mllp-frame-too-large': {
    class: 'permanent',
    text: 'The frame is larger than the limit of {limit} bytes.',
    remedy: 'Have the sender send smaller messages, or raise the limit of the feed.',
  },
  'mllp-frame-unterminated': {
    class: 'permanent',
    text: 'A new frame began before this one had ended.',
    remedy: 'Have the sender end every message with the bytes 1C 0D.',
  },
  'mllp-unreachable': {
    class: 'transient',
    text: 'Nothing takes messages at {host}:{port} ({reason}).',
    remedy: 'See whether the receiver runs and listens there; "npx wardflow status" says where a feed listens.',
  },
  'mllp-no-answer': {
    class: 'ambiguous',
    text: 'The receiver at {host}:{port} gave no answer to a message ({reason}).',
    remedy: 'Send the message again, unchanged: the receiver takes it for a resend if it has it already.',
  },
});
