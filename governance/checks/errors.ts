/** What a check of a definition can find: the codes of findings. How grave each is: severity.ts. */
import { defineErrors, type ErrorEntry } from '../../engine/index.ts';

const found = (text: string, remedy: string): ErrorEntry => ({ class: 'permanent', text, remedy });

export const checkErrors = defineErrors({
  'definition-unsound': found('The file {problem}.', '{remedy}'),
  'definition-not-found': found(
    'There is no definition "{name}" in {folder}.',
    'Name one that is there: {known}; or another folder with --folder.',
  ),
  'catalogue-unreadable': found(
    'The installed node types could not be listed ({reason}).',
    'Run "npm run build", then try again; "npx wardflow doctor" says what is missing.',
  ),
  'credentials-in-file': found(
    'The file holds what looks like a credential, at {place}.',
    'Take it out, change it where it was valid, and put the new one into the credentials of the environment.',
  ),
  'address-in-file': found(
    'The file says where something is ({what}), at {place}.',
    'Give it a logical name and put the address into the bindings of each environment.',
  ),
  'path-not-settled': found(
    'Output {output} of the node "{node}" {how}: a message that goes there would end as a dead letter.',
    'Lead it to "message done", "message failed", "queue out", "delay until" or a node with "and finish".',
  ),
  'flow-too-large': found(
    'The flow unfolds to more than 50,000 nodes, since subflows are in subflows: paths were not looked at to the end.',
    'Use fewer subflow instances inside subflows.',
  ),
  'expression-invalid': found(
    'The node "{node}" has an expression at "{field}" that is no JSONata: {reason}.',
    'Open the node in the editor and correct the expression.',
  ),
  'fhirpath-invalid': found(
    'The node "{node}" has an expression at "{field}" that is no FHIRPath: {reason}.',
    'Open the node in the editor and correct the expression.',
  ),
  'switch-without-otherwise': found(
    'The switch "{node}" has no "otherwise": a message that fits none of its rules would end as a dead letter.',
    'Add an "otherwise" and lead it to a node that settles.',
  ),
  'node-between': found(
    'The node "{node}" ({type}) is between a source and the end of the path: {why}.',
    'Take another way: "queue out" for work that goes on by itself, "delay until" for waiting.',
  ),
  'answer-without-place': found(
    'The node "{node}" answers senders, and {why}: it would refuse every message.',
    'Set the feed to enhanced mode if its senders fill MSH-15 and MSH-16, or take the node out.',
  ),
  'path-not-answered': found(
    'The feed of "{node}" is in enhanced mode, and a path ends at "{end}" without an "hl7 ack": the sender would hear AE.',
    'Answer before that end, unless AE is what the sender should hear.',
  ),
  'event-unknown': found(
    'The node "{node}" waits for {event}, which the catalogue of events does not have.',
    'Look the name up in the reference of events, unless the flow makes this event itself.',
  ),
  'event-not-given': found(
    'The node "{node}" waits for {event}, which no "hl7 in" of this definition gives.',
    'Set Events of the source to all of the catalogue, or take the name out.',
  ),
  'errors-not-caught': found(
    'No catch node takes the errors of all nodes of the tab "{node}".',
    'Add a catch node for all nodes that leads to "message failed".',
  ),
  'unbounded-loop': found(
    'The wires go round without a delay or a queue between them: {nodes}.',
    'Break the circle, or put "delay until" or "queue out" into it.',
  ),
  'rule-table-without-tests': found(
    'The rule table "{table}" has no test cases.',
    'Ask its owner for examples, and write them under "tests".',
  ),
  'rule-test-failed': found(
    'The test "{test}" of the rule table "{table}" fails: {difference}.',
    'Correct the table or the test with its owner.',
  ),
  'rule-rows-untested': found(
    'No test of the rule table "{table}" names {count} of its {rows} rows: {ids}.',
    'Add a test for each row that matters.',
  ),
  'rule-table-overdue': found(
    'The rule table "{table}" is out of force since {date}: every decision by it would be an error.',
    'Ask its owner for the table that holds now.',
  ),
  'rule-table-gap': found(
    'The rule table "{table}" leaves inputs to nobody: {finding}.',
    'Add a row for it, or say under "otherwise" what holds; where a message may go undecided, lead the second output of the node on.',
  ),
  'rule-rows-overlap': found(
    'The rule table "{table}" would make an error of some inputs: {finding}.',
    'Make the rows exclude each other, or take the hit policy FIRST, PRIORITY or COLLECT.',
  ),
  'rule-row-idle': found(
    'A row of the rule table "{table}" decides nothing: {finding}.',
    'Take the row out, or put it before the row that takes what is meant for it.',
  ),
  'rule-table-not-checked': found(
    'Not all of the rule table "{table}" was checked: {finding}.',
    'Write tests for what matters there.',
  ),
  'node-forbidden': found(
    'The node "{node}" is of the type "{type}", which the policy forbids.',
    'Do it another way, or propose a change of the policy.',
  ),
  'code-node': found(
    'The node "{node}" ({type}) runs code that no check can look into.',
    'Use nodes that say what they do where you can; otherwise it takes the approval of the role {role}.',
  ),
  'unmanaged-effect': found(
    'The node "{node}" ({type}) acts on another system outside of the effects that happen once: a redelivery repeats it.',
    'Use "fhir write" or another node of Wardflow, or make sure that the other side knows a repeat.',
  ),
  'unmanaged-source': found(
    'The node "{node}" ({type}) takes messages in past the journal: what it receives can be lost.',
    'Take messages in with "hl7 in", or accept in the review that these may be lost.',
  ),
  'foreign-node': found(
    'The node "{node}" ({type}) is of the module {module} {version}, which is not part of Wardflow.',
    'Review that module as you would review code; its version becomes part of the bundle.',
  ),
  'node-unknown': found(
    'The node "{node}" is of the type "{type}", which is not installed here.',
    'Install the module that has it, or take the node out: with it the flows do not start.',
  ),
  'node-broken': found(
    'The node "{node}" is of the type "{type}", whose module could not be loaded.',
    'Look at the log of the runtime; mend or replace the module.',
  ),
  'settings-wrong': found(
    'The node "{node}" is not set up: {problems}.',
    'Open the node in the editor and mend the fields marked red.',
  ),
  'config-node-missing': found(
    'The node "{node}" names at "{field}" a config node that is not there.',
    'Open the node in the editor and choose one.',
  ),
  'reference-missing': found('The file {problem}.', '{remedy}'),
  'queue-without-reader': found(
    'The node "{node}" puts messages into the queue "{queue}", and no "queue in" of this flow takes them out.',
    'Add a "queue in" with this queue, or correct the name.',
  ),
  'escalation-unknown': found(
    'The node "{node}" is about the escalation "{escalation}", which no node of this flow starts.',
    'Correct the name, or add an escalation timer that starts it.',
  ),
  'task-not-made': found(
    'The node "{node}" is about the task "{task}", which no node of this flow makes.',
    'Correct the name, or add a "task create" that makes it.',
  ),
  'name-shared': found(
    'The nodes "{first}" and "{node}" have one name as {what}: "{name}".',
    'Give one of them another name: work and effects are found by it.',
  ),
  'intent-incomplete': found(
    'The flow uses the {kind} "{name}", which intent.json does not list.',
    'Add it to {kind}s in intent.json.',
  ),
  'intent-unused': found(
    'The file intent.json lists the {kind} "{name}", which the flow does not use.',
    'Take it out of intent.json, or use it.',
  ),
  'map-unused': found(
    'No value of any mapping goes through the code map "{map}".',
    'Name it under "with" in a mapping, or remove the file.',
  ),
  'sends-missing': found(
    'The file intent.json does not say what may be sent to "{endpoint}" ("sends"): whatever the flow writes there is sent whole.',
    'List under sends each resource type with its elements, as agreed with the owner; what is not listed is then taken out.',
  ),
  'sends-refuses': found(
    'The node "{node}" writes {type} to "{endpoint}", which intent.json does not list under "sends": it would be refused.',
    'List it with its elements under sends, have it reviewed, or do not write it.',
  ),
  'name-unbound': found(
    'The {kind} "{name}" is not bound in {environment}.',
    'Add it to bindings.json of that environment before this is promoted to it.',
  ),
  'runbook-missing': found('The file {problem}.', '{remedy}'),
  'runbook-empty': found(
    'The runbook "{heading}" in README.md says nothing.',
    'Write what to do when the flow stops, when the other side is down and when somebody was told wrongly.',
  ),
  'fallback-missing': found(
    'The file intent.json does not say what holds when this cannot run ("fallback").',
    'Agree with the owner what people do then, and write it down.',
  ),
  'fallback-trigger-idle': found(
    'The fallback is to begin with "{trigger}", which can never come.',
    'Name an endpoint that the intent lists, give the flow the rule table that is meant, or take the occasion out.',
  ),
  'doubt-not-held': found(
    'The file _shared/identity.json has messages held whose patient is not certain, and the fallback here does not: they go on.',
    'Add "incomplete-data" to "when" of the fallback in intent.json, or have identity.json say "continue".',
  ),
  'due-role-idle': found(
    'A time is set for tasks of "{role}", a role that nothing else in the definition names.',
    'Correct the name of the role, or take the line out.',
  ),
  'review-overdue': found(
    'The date of its review has passed ({date}).',
    'Review purpose, rules and runbook with the owner, then set a new date.',
  ),
  'suppression-over': found(
    'The rule {rule} under "suppress" has ended ({date}): what it held back is told again.',
    'Take the rule out, or give it a new day with its owner.',
  ),
  'label-contradicts': found(
    'What it is called says "{said}", and its {field} says {actual}.',
    'Correct whichever is wrong: people decide by the label.',
  ),
  'scenario-unsound': found('The file {problem}.', 'Correct the places named; see docs/reference/formats.md.'),
  'scenarios-missing': found(
    'The definition has no scenarios: nothing shows what it does when a message comes twice or the EHR is down.',
    'Write some under scenarios/; see the guide page "Scenarios".',
  ),
});

export type CheckCode = keyof typeof checkErrors.entries;
