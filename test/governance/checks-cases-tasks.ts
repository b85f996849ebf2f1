/** For each code of a finding: a definition that has it, and the nearest that has not. */
import type { CheckCode } from '../../governance/checks/errors.ts';
import { on, type Change } from '../kit/checked-definition.ts';

const given = (to: readonly string[], changed: readonly string[] = ['done']): Record<string, unknown> =>
  on('given', 'task create', { task: 'review', title: 'To review', role: 'nurse' }, to, changed);
const step = (name: string): Record<string, unknown> =>
  on('step', 'task update', { task: name, mode: 'complete' }, ['done']);
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
];
