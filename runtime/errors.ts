/** What can go wrong between Node-RED and the engine. */
import { defineErrors } from '../engine/index.ts';

export const runtimeErrors = defineErrors({
  'path-ended': {
    class: 'permanent',
    text: 'The path ended at "{node}" ({type}): nothing was sent on and nothing settled the message.',
    remedy: 'Let every way through the flow end in "message done", "message failed" or a node that finishes.',
  },
  'node-failed': {
    class: 'permanent',
    text: 'The node "{node}" ({type}) reported an error and no catch node took it.',
    remedy: 'Mend the node, and give the flow a catch node for all nodes that leads to "message failed".',
  },
  'switch-undecided': {
    class: 'permanent',
    text: 'The switch "{node}" could not evaluate its property or a rule, so the message went nowhere.',
    remedy: 'Mend the expression, for example by asking first whether the value is there, and redrive the message.',
  },
  'nothing-settled': {
    class: 'permanent',
    text: 'All branches ended, the last at "{node}" ({type}), and none of them settled the message.',
    remedy: 'Let the path behind a join, batch or sort end in "message done".',
  },
  'too-many-branches': {
    class: 'permanent',
    text: 'The message split into more than {limit} branches, the last at "{node}" ({type}).',
    remedy: 'Look for a loop in the flow, or split the message into fewer parts.',
  },
  'source-failed': {
    class: 'permanent',
    text: 'The source "{node}" ({type}) could not make a message of what was received.',
    remedy: 'Look at the message body; mend the flow or discard the message.',
  },
  redeployed: {
    class: 'throttled',
    text: 'The flow was deployed while the message was in it; it is delivered again.',
    remedy: 'Nothing is to be done.',
  },
  'no-source': {
    class: 'throttled',
    text: 'The source of this work was not running; it is delivered again.',
    remedy: 'Deploy the flow with its source, or discard the work.',
  },
  'alarm-not-told': {
    class: 'transient',
    text: 'The alarm of a dead letter of a critical flow could not be told at the console; it is tried again.',
    remedy: 'Look at the dead letters of the flow; mend what the store or the disk reports.',
  },
  'source-twice': {
    class: 'permanent',
    text: 'The source "{source}" exists already, at the node {node}.',
    remedy: 'Give one of the two nodes another name of its own: work belongs to a source by its name.',
  },
  'definition-unknown': {
    class: 'permanent',
    text: 'The definition "{definition}" is not loaded at the version that this message began with.',
    remedy: 'Put the definition back, or redrive the message to take the version in force.',
  },
  confined: {
    class: 'permanent',
    text: 'A flow may not use {what}: it would reach beyond the folder of its runtime.',
    remedy: 'Do it with the nodes that Wardflow brings, or in a program of its own outside of the runtime.',
  },
  'flow-unreadable': {
    class: 'permanent',
    text: 'The flow file {file} cannot be read: {reason}.',
    remedy: 'Correct the file or take it from your version control.',
  },
  'flow-unwritable': {
    class: 'permanent',
    text: 'The flow file {file} cannot be written: {reason}.',
    remedy: 'Give this user write permission there, or set WARDFLOW_FLOWS to a folder that it may write.',
  },
  'flow-refused': {
    class: 'permanent',
    text: 'The deploy was refused: {reason}.',
    remedy: 'Correct the flow in the editor and deploy again.',
  },
  'flow-outside-part': {
    class: 'permanent',
    text: 'The deploy changes what you do not answer for: {definitions}.',
    remedy: 'Undo those changes in the editor, or ask somebody who answers for them.',
  },
  'library-path': {
    class: 'permanent',
    text: 'The library entry has a path that is not allowed.',
    remedy: 'Use letters, digits, spaces, dots and dashes, without leading dots.',
  },
  'child-twice': {
    class: 'permanent',
    text: 'Two branches of one message go to {source} with nothing to tell them apart.',
    remedy: 'Set "Tell apart by" in the node to something that differs between them, such as the event id.',
  },
  'feed-refused': {
    class: 'permanent',
    text: 'The feed "{feed}" cannot listen: {reason}',
    remedy:
      'Free the port or bind the feed to another one (WARDFLOW_MLLP_PORT, WARDFLOW_PRODUCTION_MLLP_PORT, or bindings.json).',
  },
  'editor-port': {
    class: 'permanent',
    text: 'The port {port} of the editor cannot be used: {reason}.',
    remedy: 'Stop what uses it, or set {setting} to a free port.',
  },
  'runtime-start-failed': {
    class: 'permanent',
    text: 'The runtime could not start: {reason}.',
    remedy: 'Run "npx wardflow doctor"; it says what is missing.',
  },
});
