/** A line to people at the console. At least once: a missed notice is worse than a repeated one. */
import { identity, needed, oneOf, valueKind, type ValueKind } from '../kit/checks.ts';
import type { NodeDeclaration } from '../kit/properties.ts';

export interface ConsoleNoticeProperties {
  readonly name: string;
  /** Effect name: unique in the definition, kept across edits. */
  readonly effect: string;
  /** Who is meant: a role or a queue, never a patient. */
  readonly to: string;
  readonly toKind: ValueKind;
  /** One line without patient data. */
  readonly text: string;
  readonly textKind: ValueKind;
  /** Empty: the message's own lane. */
  readonly lane: '' | 'stat' | 'urgent' | 'routine' | 'bulk';
  /** JSONata that tells notices of one message apart; empty: the event's id. */
  readonly discriminator: string;
  readonly finish: boolean;
}

export const consoleNoticeOutputs = (all: Pick<ConsoleNoticeProperties, 'finish'>): number => (all.finish ? 0 : 1);

export const consoleNotice: NodeDeclaration<ConsoleNoticeProperties> = {
  type: 'console notice',
  properties: {
    name: { value: '' },
    effect: { value: '', check: identity },
    to: { value: '', expression: 'toKind', check: needed },
    toKind: { value: 'str', check: valueKind },
    text: { value: '', expression: 'textKind', check: needed },
    textKind: { value: 'str', check: valueKind },
    lane: { value: '', check: oneOf('', 'stat', 'urgent', 'routine', 'bulk') },
    discriminator: { value: '', expression: 'always' },
    finish: { value: false },
  },
};
