/** Ends a branch as failed: behind a `catch`, or where a flow itself finds that it cannot go on. */
import { oneOf } from '../kit/checks.ts';
import type { NodeDeclaration } from '../kit/properties.ts';

export interface MessageFailedProperties {
  readonly name: string;
  /** Empty: as the caught error says, permanent where it says nothing. */
  readonly failureClass: '' | 'transient' | 'throttled' | 'ambiguous' | 'permanent';
  /** One line without patient data, used where no error was caught. */
  readonly reason: string;
}

export const messageFailed: NodeDeclaration<MessageFailedProperties> = {
  type: 'message failed',
  properties: {
    name: { value: '' },
    failureClass: { value: '', check: oneOf('', 'transient', 'throttled', 'ambiguous', 'permanent') },
    reason: { value: '' },
  },
};
