import { defineErrors } from '../base/errors.ts';

/** The first three are what senders read in the answers that the engine makes by itself. */
export const acknowledgementErrors = defineErrors({
  'acknowledgement-late': {
    class: 'transient',
    text: 'The message is kept, and was not processed in time.',
    remedy: 'Look at the message in the console; give the feed a longer time to answer if its flow needs it.',
  },
  'acknowledgement-missing': {
    class: 'permanent',
    text: 'The message is kept, and its processing ended without an answer.',
    remedy: 'Look at the message in the console: it may be a dead letter, or its path has no "hl7 ack" node.',
  },
  'acknowledgement-unrouted': {
    class: 'permanent',
    text: 'The message is kept, and nothing here takes messages of its kind.',
    remedy: 'Deploy a flow that takes it, or have the sender leave such messages out.',
  },
  'acknowledgement-bad-segment': {
    class: 'permanent',
    text: 'Segment {number} to add to the answer is not written as an HL7 segment.',
    remedy: 'Begin each segment with its three-letter name and a vertical bar; MSH and MSA are made by the node.',
  },
  'acknowledgement-too-large': {
    class: 'permanent',
    text: 'The segments to add to the answer are larger than {limit} characters.',
    remedy: 'Answer with less, or send the rest as a message of its own.',
  },
});
