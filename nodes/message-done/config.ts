/** Ends a branch well. The message is done when its last branch has ended. */
import type { NodeDeclaration } from '../kit/properties.ts';

export interface MessageDoneProperties {
  readonly name: string;
}

export const messageDone: NodeDeclaration<MessageDoneProperties> = {
  type: 'message done',
  properties: { name: { value: '' } },
};
