/** A decision by a rule table of the definition, at the version pinned for the message. */
import { needed, oneOf } from '../kit/checks.ts';
import type { NodeDeclaration } from '../kit/properties.ts';

export interface RuleTableProperties {
  readonly name: string;
  /** Name of a table in the definition's `rules/`. */
  readonly table: string;
  /** No row matched and the table has no `otherwise`: an error (dead letter), or the second output. */
  readonly noMatch: 'error' | 'output';
  /** JSONata over the message that tells decisions of one message apart; empty: the event's id. */
  readonly discriminator: string;
}

export const ruleTableOutputs = (all: Pick<RuleTableProperties, 'noMatch'>): number =>
  all.noMatch === 'output' ? 2 : 1;

export const ruleTable: NodeDeclaration<RuleTableProperties> = {
  type: 'rule table',
  properties: {
    name: { value: '' },
    table: { value: '', check: needed },
    noMatch: { value: 'error', check: oneOf('error', 'output') },
    discriminator: { value: '', expression: 'always' },
  },
};
