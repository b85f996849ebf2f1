/** Takes a step on a task from within a flow: completes it, cancels it, says something about it, sets a part of it. */
import { identity, needed, oneOf, text, valueKind, type ValueKind } from '../kit/checks.ts';
import type { NodeDeclaration } from '../kit/properties.ts';

export interface TaskUpdateProperties {
  readonly name: string;
  readonly mode: 'complete' | 'cancel' | 'fail' | 'comment' | 'part' | 'find';
  /** The name that a `task create` or `approval` has. */
  readonly task: string;
  /** Of the checklist, or JSONata giving it. */
  readonly part: string;
  readonly partKind: ValueKind;
  readonly partState: 'done' | 'skipped' | 'open';
  /** What is said: one text without patient data. */
  readonly comment: string;
  readonly commentKind: ValueKind;
  /** Why, one fixed line kept in the audit trail. */
  readonly reason: string;
  /** JSONata naming what it is about: those that other messages have made about the same are meant. Empty: by its message. */
  readonly about: string;
  /** JSONata giving the message that made it; empty: this message. */
  readonly messageId: string;
  readonly discriminator: string;
}

const needsReason = ({ mode, partState }: Readonly<TaskUpdateProperties>): boolean =>
  mode === 'cancel' || mode === 'fail' || (mode === 'part' && partState === 'skipped');

export const taskUpdate: NodeDeclaration<TaskUpdateProperties> = {
  type: 'task update',
  properties: {
    name: { value: '' },
    mode: { value: 'complete', check: oneOf('complete', 'cancel', 'fail', 'comment', 'part', 'find') },
    task: { value: '', check: identity },
    part: { value: '', expression: 'partKind', check: (value, all) => (all.mode === 'part' ? needed(value) : null) },
    partKind: { value: 'str', check: valueKind },
    partState: { value: 'done', check: oneOf('done', 'skipped', 'open') },
    comment: {
      value: '',
      expression: 'commentKind',
      check: (value, all) => (all.mode === 'comment' ? needed(value) : null),
    },
    commentKind: { value: 'str', check: valueKind },
    reason: {
      value: '',
      check: (value, all) => (needsReason(all) && text(value) === '' ? 'kit.problem.needed' : null),
    },
    about: {
      value: '',
      expression: 'always',
      check: (value, all) => (all.mode === 'find' ? needed(value) : null),
    },
    messageId: { value: '', expression: 'always' },
    discriminator: { value: '', expression: 'always' },
  },
};
