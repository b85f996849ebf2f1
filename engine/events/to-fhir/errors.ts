import { defineErrors } from '../../base/errors.ts';

export const conversionErrors = defineErrors({
  'conversion-too-many-segments': {
    class: 'permanent',
    text: 'The message has more than {most} segments, which is more than is converted to FHIR.',
    remedy: 'Ask the sender for smaller messages, or split the message before it is converted.',
  },
  'conversion-too-many-resources': {
    class: 'permanent',
    text: 'The message gives more than {most} FHIR resources ({resource} was the last).',
    remedy: 'Ask the sender for smaller messages, or split the message before it is converted.',
  },
  'conversion-too-many-repetitions': {
    class: 'permanent',
    text: '{field} has more than {most} repetitions, which is more than is converted to FHIR.',
    remedy: 'Ask the sender why it repeats so often, or take the field out of the mapping.',
  },
  'conversion-type-unknown': {
    class: 'permanent',
    text: 'There is no mapping to FHIR for this type of message.',
    remedy: 'Add a mapping that names the type, or let the node give the minimal bundle.',
  },
  'conversion-code-quarantined': {
    class: 'permanent',
    text: '{count} of the message cannot be told in FHIR: {places}.',
    remedy: 'Add the codes to the code map named, or let the node report them instead of failing.',
  },
});
