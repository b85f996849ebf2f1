import { defineErrors } from '../../engine/index.ts';

/** What can go wrong in a node itself, apart from what the engine reports. `{node}` is the node's label. */
export const nodeErrors = defineErrors({
  'node-outside-wardflow': {
    class: 'permanent',
    text: 'The node "{node}" runs only inside Wardflow.',
    remedy: 'Start Node-RED through "wardflow up" instead of by itself.',
  },
  'node-outside-definition': {
    class: 'permanent',
    text: 'The node "{node}" is on a tab that belongs to no definition.',
    remedy: 'Put the tab into a folder under the flows folder, with an intent.json.',
  },
  'node-settings-wrong': {
    class: 'permanent',
    text: 'The node "{node}" is not set up: {problems}.',
    remedy: 'Open the node in the editor, mend the fields marked red and deploy; then redrive.',
  },
  'node-name-taken': {
    class: 'permanent',
    text: 'Two nodes of this flow use the name "{name}".',
    remedy: 'Give one of them another name: waiting work, escalations and effects are found by it.',
  },
  'queue-unknown': {
    class: 'permanent',
    text: 'The node "{node}" puts messages into the queue "{queue}", and no "queue in" of this flow takes them out.',
    remedy: 'Add a "queue in" with this queue, or correct the name; then deploy and redrive.',
  },
  'too-many-stages': {
    class: 'permanent',
    text: 'The node "{node}" sent a message on as new work for the {limit}th time.',
    remedy: 'Look for a loop through queues or delays that nothing ends.',
  },
  'time-wrong': {
    class: 'permanent',
    text: 'The field "{field}" of the node "{node}" gave no {expected}.',
    remedy: 'Give a duration such as PT4H, or a time with its zone such as 2026-01-05T08:00:00+01:00.',
  },
  'time-too-far': {
    class: 'permanent',
    text: 'The field "{field}" of the node "{node}" gave a time more than {limit} days away.',
    remedy: 'Wait in smaller steps, or start again from a message that comes later.',
  },
  'ack-feed-original': {
    class: 'permanent',
    text: 'The node "{node}" answers senders, and feed {feed} is in original mode: they were answered when their message came.',
    remedy: 'Set the feed to enhanced mode if its senders fill MSH-15 and MSH-16, or take the node out.',
  },
  'message-without-work': {
    class: 'permanent',
    text: 'The node "{node}" got a message that belongs to no work of Wardflow.',
    remedy: 'Feed the flow from a source such as "hl7 in", and keep msg.wardflow where a function makes a new message.',
  },
  'lease-lost': {
    class: 'transient',
    text: 'The node "{node}" got a message whose lease is over: it is being delivered again.',
    remedy: 'Raise the processing deadline of the feed if the flow needs more time.',
  },
  'expression-wrong': {
    class: 'permanent',
    text: 'The expression in "{field}" of the node "{node}" cannot be read (JSONata {code}).',
    remedy: 'Mend the expression in the editor, deploy and redrive.',
  },
  'expression-failed': {
    class: 'permanent',
    text: 'The expression in "{field}" of the node "{node}" failed on this message (JSONata {code}).',
    remedy: 'Try the expression on this message in the editor; guard against what may be absent.',
  },
  'fhirpath-wrong': {
    class: 'permanent',
    text: 'The FHIRPath in "{field}" of the node "{node}" cannot be read ({at}).',
    remedy: 'Mend the expression in the editor, deploy and redrive.',
  },
  'fhirpath-function': {
    class: 'permanent',
    text: 'The FHIRPath in "{field}" of the node "{node}" uses a function that is not supported here ({at}).',
    remedy: 'Do it another way, for example in JSONata, deploy and redrive.',
  },
  'fhirpath-failed': {
    class: 'permanent',
    text: 'The FHIRPath in "{field}" of the node "{node}" failed on this resource.',
    remedy: 'Try the expression in the editor; a list where one value is needed takes "first()".',
  },
  'schema-wrong': {
    class: 'permanent',
    text: 'The schema of the node "{node}" cannot be used: {reason}.',
    remedy: 'Write a JSON Schema (2020-12) into the field, or leave it empty.',
  },
  'expression-empty': {
    class: 'permanent',
    text: 'The field "{field}" of the node "{node}" came out empty for this message.',
    remedy: 'Point it at something that every message on this path has, or test for it before with a switch.',
  },
  'expression-kind': {
    class: 'permanent',
    text: 'The field "{field}" of the node "{node}" must give {expected}.',
    remedy: 'Mend the expression in the editor, deploy and redrive.',
  },
  'value-too-large': {
    class: 'permanent',
    text: 'The field "{field}" of the node "{node}" gave more than {limit} bytes.',
    remedy: 'Write or carry less, for example a reference instead of a whole resource.',
  },
  'rule-table-unknown': {
    class: 'permanent',
    text: 'The definition "{definition}" has no rule table "{table}" at the version pinned for this message.',
    remedy: 'Choose a table that exists under rules/ in the node, or add it, and redrive.',
  },
  'rule-error': {
    class: 'permanent',
    text: 'The rule table "{table}" could not decide ({reason}).',
    remedy: 'Look at the decision in the trace, mend the table, and redrive.',
  },
  'rule-no-match': {
    class: 'permanent',
    text: 'No row of the rule table "{table}" matched and it has no "otherwise".',
    remedy: 'Add a row or an "otherwise" to the table, or let the node use its second output.',
  },
  'ladder-unknown': {
    class: 'permanent',
    text: 'The definition "{definition}" has no ladder "{ladder}" at the version pinned for this message.',
    remedy: 'Choose a ladder that exists under ladders/ in the node, or add it, and redrive.',
  },
  'alert-policy-unknown': {
    class: 'permanent',
    text: 'The definition "{definition}" has no alert policy "{policy}" at the version pinned for this message.',
    remedy: 'Choose a policy that exists under alerts/ in the node, or add it, and redrive.',
  },
  'checklist-unknown': {
    class: 'permanent',
    text: 'The definition "{definition}" has no checklist "{checklist}" at the version pinned for this message.',
    remedy: 'Choose a list that exists under checklists/ in the node, or add it, and redrive.',
  },
  'task-not-found': {
    class: 'permanent',
    text: 'The node "{node}" waits for the task "{task}", and this message has made none.',
    remedy: 'Correct the name, what tells it apart, or the message that made it; then redrive.',
  },
  'task-gone': {
    class: 'permanent',
    text: 'The task behind this item is not in the store any more.',
    remedy: 'Discard the item; nothing can be said about the task.',
  },
  'resource-type-differs': {
    class: 'permanent',
    text: 'The node "{node}" is set to write {expected}, and its expression gave another resource type.',
    remedy: 'Correct "resourceType" in the expression or the type in the node.',
  },
  'reference-wrong': {
    class: 'permanent',
    text: 'The field "{field}" of the node "{node}" gave no id or reference of a {type}.',
    remedy: 'Give an id such as "12" or a reference such as "{type}/12".',
  },
  'fhir-nothing-found': {
    class: 'permanent',
    text: 'The node "{node}" found no {type} on the server.',
    remedy: 'Check what the flow looks for, or let the node go on without (setting "If none").',
  },
  'fhir-patch-step': {
    class: 'permanent',
    text: 'Step {step} of the node "{node}" has no place in the {type} as it is on the server.',
    remedy: 'Correct the path; a list is extended by "append", and an index must be there.',
  },
  'fhir-patch-differs': {
    class: 'permanent',
    text: 'Step {step} of the node "{node}" expects something else in the {type} than is on the server; nothing was written.',
    remedy: 'Look at the resource: somebody changed it, or the expectation of the node is wrong.',
  },
  'fhir-patch-wrong': {
    class: 'permanent',
    text: 'The field "{field}" of the node "{node}" gave no steps of a JSON Patch that can be repeated.',
    remedy:
      'Give a list of steps such as { "op": "replace", "path": "/status", "value": "accepted" }; "add" with "/-" at the end extends a list; "move" and "copy" are not taken.',
  },
  'fhir-bundle-wrong': {
    class: 'permanent',
    text: 'The field "{field}" of the node "{node}" gave no Bundle of type transaction with entries.',
    remedy: 'Give a Bundle such as "hl7 to fhir" makes.',
  },
  'fhir-bundle-large': {
    class: 'permanent',
    text: 'The field "{field}" of the node "{node}" gave a Bundle of more than {limit} entries.',
    remedy: 'Write the parts of the message one by one.',
  },
  'fhir-not-valid': {
    class: 'permanent',
    text: 'The {type} that the node "{node}" checked is no valid FHIR R4: {errors} errors, first {first}',
    remedy: 'Mend what makes the resource, or have the sender mend it, then redrive; or let the node send errors on.',
  },
  'fhir-deleted': {
    class: 'permanent',
    text: 'The {type} that the node "{node}" reads was deleted on the server.',
    remedy: 'Ask whoever deleted it what holds now, or let the node go on without (setting "If none").',
  },
  'escalation-gone': {
    class: 'permanent',
    text: 'The escalation behind this step is not in the store any more.',
    remedy: 'Discard the item; nothing can be told to anybody about it.',
  },
  'flow-error': {
    class: 'permanent',
    text: 'The node "{node}" ({type}) reported an error.',
    remedy: 'Look at the node in the trace and at the log of the runtime; mend the flow and redrive.',
  },
  'too-many-results': {
    class: 'permanent',
    text: 'The message holds more than {limit} results (OBX), which is more than a flow can judge one by one.',
    remedy: 'Have a person look at the message, and the sender split it.',
  },
  'too-many-events': {
    class: 'permanent',
    text: 'The message states more than {limit} events, which is more than a flow can work through one by one.',
    remedy: 'Have a person look at the message, and the sender split it.',
  },
  'hl7-payload': {
    class: 'permanent',
    text: 'The node "{node}" got no HL7 message in msg.payload.',
    remedy: 'Look at what the nodes before it put into msg.payload; "hl7 json" makes a message of an object.',
  },
  'hl7-payload-json': {
    class: 'permanent',
    text: 'The node "{node}" got no JSON of an HL7 message in msg.payload.',
    remedy: 'Give it an object such as "hl7 json" makes of a message.',
  },
  'hl7-time-wrong': {
    class: 'permanent',
    text: 'The field "time" of the node "{node}" gave no time.',
    remedy:
      'Give milliseconds, a time with its zone such as 2026-01-05T08:00:00Z, or an HL7 time such as 20260105080000+0000.',
  },
  'hl7-split-payload': {
    class: 'permanent',
    text: 'The node "{node}" got something in msg.payload that is no batch.',
    remedy: 'Give it the batch as text or as a buffer, or put the node directly behind its source.',
  },
  'hl7-too-many-parts': {
    class: 'permanent',
    text: 'The batch holds more than the {limit} messages that the node "{node}" takes.',
    remedy: 'Have the sender send smaller batches, or raise the limit of the node; then redrive.',
  },
  'hl7-batch-count': {
    class: 'permanent',
    text: 'The batch states {stated} {what} and holds {found}.',
    remedy:
      'Ask the sender whether parts were lost; redrive with the node set to go on where the batch is right as it is.',
  },
  'hl7-step-wrong': {
    class: 'permanent',
    text: 'Step {step} of the node "{node}" is not set up.',
    remedy: 'Open the node in the editor, mend the step marked red and deploy; then redrive.',
  },
  'hl7-segment-missing': {
    class: 'permanent',
    text: 'The message has no segment {segment}, so {path} could not be set.',
    remedy: 'Let the node leave such steps out or add the segment, or say in the step when it is to be done.',
  },
  'hl7-copy-shape': {
    class: 'permanent',
    text: 'What stands at {source} has parts that {path} cannot hold.',
    remedy: 'Copy one part of it, such as PID-3.1 instead of PID-3, or copy it into a whole field.',
  },
  'hl7-too-many-places': {
    class: 'permanent',
    text: 'The steps of the node "{node}" come to more than {limit} places in this message.',
    remedy: 'Have a person look at the message, or change fewer of its segments.',
  },
  'flow-failed': {
    class: 'permanent',
    text: '{reason}',
    remedy: 'Read what the flow says about this ending in its README, then redrive or discard.',
  },
});

export type NodeErrorCode = keyof typeof nodeErrors.entries;
