/** Parks the message until a task has come to a state. */
import { identity, listOf, propertyNames, text, wholeNumber } from '../kit/checks.ts';
import type { NodeDeclaration } from '../kit/properties.ts';

export interface TaskWaitProperties {
  readonly name: string;
  /** Identity of the wait in its definition: what is parked belongs to this name. */
  readonly wait: string;
  /** The name that a `task create` has. */
  readonly task: string;
  /** States that are waited for. */
  readonly until: readonly string[];
  /** ISO 8601 duration after which it goes on without; empty: never. */
  readonly timeout: string;
  readonly carry: readonly string[];
  readonly messageId: string;
  readonly discriminator: string;
  readonly capacity: number;
}

const DURATION = /^P(?=\d|T\d)(\d{1,4}W)?(\d{1,5}D)?(T(?=\d)(\d{1,6}H)?(\d{1,7}M)?(\d{1,8}S)?)?$/;
const STATE = /^(?:accepted|rejected|ready|in-progress|on-hold|completed|failed|cancelled|entered-in-error)$/;

export const taskWait: NodeDeclaration<TaskWaitProperties> = {
  type: 'task wait',
  properties: {
    name: { value: '' },
    wait: { value: '', check: identity },
    task: { value: '', check: identity },
    until: {
      value: ['completed'],
      check: (value) => (value.length === 0 ? 'kit.problem.needed' : listOf(STATE, 9)(value)),
    },
    timeout: {
      value: '',
      check: (value) => (text(value) === '' || DURATION.test(text(value)) ? null : 'kit.problem.duration'),
    },
    carry: { value: ['event'], check: propertyNames },
    messageId: { value: '', expression: 'always' },
    discriminator: { value: '', expression: 'always' },
    capacity: { value: 8, check: wholeNumber(1, 64) },
  },
};

/** Time that the flow has for what goes on before it is delivered again. */
export const WAIT_LEASE_MS = 60_000;
