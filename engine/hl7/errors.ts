import { defineErrors } from '../base/errors.ts';

/** What the codec refuses. Positions and paths are named; values never are. */
export const hl7Errors = defineErrors({
  'hl7-no-msh': {
    class: 'permanent',
    text: 'The text does not begin with an MSH segment.',
    remedy: 'Have the sender begin every message with MSH, its field separator and its encoding characters.',
  },
  'hl7-batch': {
    class: 'permanent',
    text: 'The text begins with a batch header ({segment}), so it is not one message.',
    remedy: 'Have the sender send the messages of a batch one by one, or split the batch first.',
  },
  'hl7-bad-delimiters': {
    class: 'permanent',
    text: 'The character after MSH cannot be a field separator.',
    remedy: 'Have the sender follow MSH with its field separator, usually a vertical bar.',
  },
  'hl7-bad-utf16': {
    class: 'permanent',
    text: 'The text is UTF-16 but has an odd number of bytes.',
    remedy: 'Have the sender check how it cuts its messages, or send UTF-8.',
  },
  'hl7-bad-path': {
    class: 'permanent',
    text: '"{path}" is not a path to a value of an HL7 message.',
    remedy: 'Write SEGMENT-field.component.subcomponent, counted from 1, such as PID-3.1, PID-3[2].4.2 or OBX[3]-5.',
  },
  'hl7-no-segment': {
    class: 'permanent',
    text: 'The message has no segment {segment} to set {path} in.',
    remedy: 'Add the segment with addSegment first.',
  },
  'hl7-no-separator': {
    class: 'permanent',
    text: 'MSH-2 of the message names no character that {path} would need.',
    remedy: 'Set a path without that part, or have the sender state all four encoding characters.',
  },
  'hl7-delimiters-fixed': {
    class: 'permanent',
    text: '{path} cannot be set, because it decides how every other byte of the message is read.',
    remedy: 'Leave MSH-1 and MSH-2 as they are.',
  },
  'hl7-line-end': {
    class: 'permanent',
    text: 'The text for {path} holds a line end or a framing byte, which would end its segment or the message.',
    remedy: 'Use set, which escapes such characters, or take them out.',
  },
  'hl7-bad-value': {
    class: 'permanent',
    text: 'What is given for {path} {problem}.',
    remedy: 'Give text, a number, null for HL7 null, a list of components, or { "repeat": [...] }.',
  },
  'hl7-bad-json': {
    class: 'permanent',
    text: 'This JSON is not a message: {place} {problem}.',
    remedy: 'Give what hl7ToJson makes; the format is described under file formats in the reference.',
  },
  'hl7-too-long': {
    class: 'permanent',
    text: 'The message would be longer than {most} characters.',
    remedy: 'Make it shorter, or send what is large by reference.',
  },
  'hl7-too-many-values': {
    class: 'permanent',
    text: 'The message has more than {most} values, too many to be made into JSON.',
    remedy: 'Take what is needed out of the message by its paths instead.',
  },
  'hl7-not-in-charset': {
    class: 'permanent',
    text: "The value for {path} has a character that the message's character set {charset} cannot carry.",
    remedy: 'Change the value, or state a wider character set in MSH-18 first, such as UNICODE UTF-8.',
  },
});
