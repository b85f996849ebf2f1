/** Sends one HL7 message to a receiver: an effect, so it is one message however often it takes to send it. */
import { identity, needed, oneOf, text } from '../kit/checks.ts';
import type { NodeDeclaration } from '../kit/properties.ts';

export interface Hl7OutProperties {
  readonly name: string;
  /** Effect name: unique in the definition, kept across edits. */
  readonly effect: string;
  /** Id of the endpoint's config node. */
  readonly endpoint: string;
  /** What gives the message: a property of `msg`, or JSONata; an HL7 message object, or its text. */
  readonly message: string;
  readonly messageKind: 'msg' | 'jsonata';
  /** `new`: MSH-10 is made from the key of the effect and MSH-7 is the time of the first try, the same at each try. */
  readonly controlId: 'keep' | 'new';
  /**
   * JSONata over the message that tells effects of one message apart. Empty: one for each message where it keeps its control
   * id, since that is how one is passed on, however many events it states; the event's id where it gets a new one.
   */
  readonly discriminator: string;
  /** Action version: a new one makes it another message, sent again on a redelivery. */
  readonly version: string;
  /** Ends the branch here instead of sending on. */
  readonly finish: boolean;
}

export const hl7OutOutputs = (all: Pick<Hl7OutProperties, 'finish'>): number => (all.finish ? 0 : 1);

export const hl7Out: NodeDeclaration<Hl7OutProperties> = {
  type: 'hl7 out',
  properties: {
    name: { value: '' },
    effect: { value: '', check: identity },
    endpoint: { value: '', configNode: 'wardflow-hl7-endpoint', check: needed },
    message: { value: 'payload', expression: 'messageKind', check: needed },
    messageKind: { value: 'msg', check: oneOf('msg', 'jsonata') },
    controlId: { value: 'keep', check: oneOf('keep', 'new') },
    discriminator: { value: '', expression: 'always' },
    version: { value: '1', check: (value) => (/^[\w.-]{1,32}$/.test(text(value)) ? null : 'kit.problem.version') },
    finish: { value: false },
  },
};
