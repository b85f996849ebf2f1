/** What can go wrong in a preview. Of the message nothing is told, and of an expression only where it is wrong. */
import { defineErrors } from '../../engine/index.ts';

export const previewErrors = defineErrors({
  'preview-sample-gone': {
    class: 'permanent',
    text: 'This sample is not there any more.',
    remedy: 'Choose another one: samples of a definition change with it, and a pinned message ends with its retention.',
  },
  'preview-sample-unreadable': {
    class: 'permanent',
    text: 'This sample cannot be read as an HL7 message ({code}).',
    remedy: 'Choose another one.',
  },
  'preview-nothing-sent': {
    class: 'permanent',
    text: 'The server said only that something changed, and sent no resource with it.',
    remedy: 'Choose another sample: a preview reads no server.',
  },
  'preview-too-large': {
    class: 'permanent',
    text: 'This sample is larger than {limit} MiB, which is too much for a preview.',
    remedy: 'Choose another one.',
  },
  'preview-none': {
    class: 'permanent',
    text: 'Nodes of this type have no preview.',
    remedy: 'Try the flow with a sample message in staging.',
  },
  'preview-busy': {
    class: 'throttled',
    text: 'Too much was asked of the preview in a short time.',
    remedy: 'It goes on by itself in a few seconds; an expression that takes long makes it wait longer.',
  },
  'preview-expression-wrong': {
    class: 'permanent',
    text: 'This expression cannot be read (JSONata {code}, at character {position}).',
    remedy: 'Mend the expression there.',
  },
  'preview-expression-failed': {
    class: 'permanent',
    text: 'This expression fails on this message (JSONata {code}).',
    remedy: 'Look whether the values it uses are there, and are of the kind it expects.',
  },
  'preview-expression-limit': {
    class: 'permanent',
    text: 'This expression takes more than a preview may: time, nesting or length of a list.',
    remedy: 'Make it simpler, or try it on a smaller message.',
  },
  'preview-fhirpath-wrong': {
    class: 'permanent',
    text: 'This FHIRPath cannot be read ({at}).',
    remedy: 'Mend the expression there.',
  },
  'preview-fhirpath-function': {
    class: 'permanent',
    text: 'This FHIRPath uses a function that is not supported here ({at}).',
    remedy: 'Do it another way, for example in JSONata.',
  },
  'preview-fhirpath-failed': {
    class: 'permanent',
    text: 'This FHIRPath fails on this resource.',
    remedy: 'A list where one value is needed takes "first()".',
  },
  'preview-no-resource': {
    class: 'permanent',
    text: 'This sample carries no FHIR resource, which FHIRPath reads.',
    remedy: 'Choose a FHIR sample: a resource under samples/ of the definition (.json).',
  },
  'preview-not-hl7': {
    class: 'permanent',
    text: 'Nodes of this type work on HL7 messages, and this sample is a FHIR resource.',
    remedy: 'Choose an HL7 sample.',
  },
  'fhir-not-ready': {
    class: 'transient',
    text: 'The runtime is starting.',
    remedy: 'Try again in a few seconds.',
  },
  'fhir-statement-unreadable': {
    class: 'permanent',
    text: 'The server answers, but not with a CapabilityStatement.',
    remedy: 'Check that "base" of the endpoint in bindings.json is the root of a FHIR R4 server.',
  },
  'fhir-server-slow': {
    class: 'transient',
    text: 'The server does not answer within a few seconds.',
    remedy: 'The form offers what the standard knows; open it again later to see what the server states.',
  },
  'fhir-asked-often': {
    class: 'throttled',
    text: 'Servers were asked too often in a short time.',
    remedy: 'Wait some seconds, then try again.',
  },
  'preview-not-here': {
    class: 'permanent',
    text: 'The preview does not know {name}: it belongs to the runtime, and is not shown in the editor.',
    remedy: 'Try the flow with a sample message in staging.',
  },
});
