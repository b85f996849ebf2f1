/** Parks the message until a time: durable, over restarts and deploys. */
import { identity, needed, oneOf, propertyNames, text, valueKind, wholeNumber, type ValueKind } from '../kit/checks.ts';
import type { NodeDeclaration } from '../kit/properties.ts';

export interface DelayUntilProperties {
  readonly name: string;
  /** Identity of the delay in its definition: what is parked belongs to this name. */
  readonly wait: string;
  /** `for`: a duration from now on; `until`: a moment. */
  readonly mode: 'for' | 'until';
  /** An ISO 8601 duration such as PT4H, or a moment with its zone (text, or milliseconds). */
  readonly time: string;
  readonly timeKind: ValueKind;
  /** Message properties kept beside the payload. */
  readonly carry: readonly string[];
  /** JSONata that tells the children of one item apart; empty: the event's id. */
  readonly discriminator: string;
  /** Items that go on, in the flow at once. */
  readonly capacity: number;
}

/** Days, weeks and hours; no months, which vary. */
const DURATION = /^P(?=\d|T\d)(\d{1,4}W)?(\d{1,5}D)?(T(?=\d)(\d{1,6}H)?(\d{1,7}M)?(\d{1,8}S)?)?$/;

export const delayUntil: NodeDeclaration<DelayUntilProperties> = {
  type: 'delay until',
  properties: {
    name: { value: '' },
    wait: { value: '', check: identity },
    mode: { value: 'for', check: oneOf('for', 'until') },
    time: {
      value: 'PT1H',
      expression: 'timeKind',
      check: (value, all) => {
        const isFixed = all.mode === 'for' && all.timeKind === 'str';
        return needed(value) ?? (isFixed && !DURATION.test(text(value)) ? 'kit.problem.duration' : null);
      },
    },
    timeKind: { value: 'str', check: valueKind },
    carry: { value: ['event'], check: propertyNames },
    discriminator: { value: '', expression: 'always' },
    capacity: { value: 8, check: wholeNumber(1, 256) },
  },
};

/** Time that the flow has for what goes on before it is delivered again. */
export const DELAY_LEASE_MS = 60_000;
