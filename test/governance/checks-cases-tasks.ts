/** For each code of a finding: a definition that has it, and the nearest that has not. */
import type { CheckCode } from '../../governance/checks/errors.ts';
import { on, type Change } from '../kit/checked-definition.ts';

const given = (to: readonly string[], changed: readonly string[] = ['done']): Record<string, unknown> =>
  on('given', 'task create', { task: 'review', title: 'To review', role: 'nurse' }, to, changed);
const step = (name: string): Record<string, unknown> =>
  on('step', 'task update', { task: name, mode: 'complete' }, ['done']);
const asked = (...answers: readonly (readonly string[])[]): Record<string, unknown> =>
  on('ask', 'approval', { task: 'release', title: 'May it go on?', role: 'doctor' }, ...answers);
export const TASK_CASES: readonly (readonly [CheckCode, string, Change, Change])[] = [
  [
    'task-not-made',
    'a step on no task',
    { first: 'given', nodes: [given(['step']), step('other')] },
    { first: 'given', nodes: [given(['step']), step('review')] },
  ],
  [
    'path-not-settled',
    'a task whose changes go nowhere',
    { first: 'given', nodes: [given(['done'], [])] },
    { first: 'given', nodes: [given(['done'])] },
  ],
  [
    'path-not-settled',
    'a question one of whose answers goes nowhere',
    { first: 'ask', nodes: [asked(['done'], [], ['done'])] },
    { first: 'ask', nodes: [asked(['done'], ['done'], ['done'])] },
  ],
];
