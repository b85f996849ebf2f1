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
  'mllp-tls-file': {
    class: 'transient',
    text: 'The file "{file}" for MLLP over TLS cannot be used: {reason}.',
    remedy:
      'Put the right PEM file into the folder "tls" of the environment, readable by the user of Wardflow; it is read again by itself.',
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
  'mllp-tls-refused': {
    class: 'transient',
    text: 'No TLS connection came about with the receiver at {host}:{port} ({reason}); nothing was sent.',
    remedy:
      'Compare the certificates of both sides with "tls" of the endpoint in bindings.json; the message is sent again by itself.',
  },
  'mllp-closed': {
    class: 'transient',
    text: 'The connection to the receiver at {host}:{port} is closed because Wardflow is stopping; nothing was sent.',
    remedy: 'Nothing to do: the message is sent at the next start.',
  },
  'mllp-no-answer': {
    class: 'ambiguous',
    text: 'The receiver at {host}:{port} gave no answer to a message ({reason}).',
    remedy: 'Send the message again, unchanged: the receiver takes it for a resend if it has it already.',
  },
  'hl7-ack-unreadable': {
    class: 'ambiguous',
    text: 'The answer of {receiver} says neither that the message was taken over nor that it was refused.',
    remedy: 'Have the receiver answer with MSA-1 and with MSA-2 as MSH-10 of the message; it is sent again, unchanged.',
  },
  'hl7-ack-of-another': {
    class: 'ambiguous',
    text: 'The answer of {receiver} is to another message: MSA-2 is not MSH-10 of the one that was sent.',
    remedy: 'See whether the receiver answers late or repeats an old answer; the message is sent again, unchanged.',
  },
  'hl7-ack-refused': {
    class: 'permanent',
    text: '{receiver} refused the message (MSA-1 {code}, error code {error}).',
    remedy: 'Look the code up in HL7 table 0357, mend the message or the receiver, and redrive.',
  },
  'hl7-ack-later': {
    class: 'transient',
    text: '{receiver} could not take the message now (MSA-1 {code}, error code {error}).',
    remedy: 'Nothing, if it passes: the message is sent again; if it stays, see whether the receiver is up.',
  },
  'hl7-not-sendable': {
    class: 'permanent',
    text: 'This cannot be sent as an HL7 message: {reason}.',
    remedy: 'Mend the nodes that make the message, deploy, and redrive.',
  },
  'hl7-endpoint-busy': {
    class: 'throttled',
    text: 'Too many messages wait for the HL7 endpoint "{endpoint}".',
    remedy:
      'Nothing, if it passes; if it stays, see how long the receiver takes for a message, or allow it more connections.',
  },
});
