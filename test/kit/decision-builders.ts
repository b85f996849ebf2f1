import type { ClaimedWork, DecisionRecord, EffectIdentity } from '../../engine/index.ts';

type Item = Pick<ClaimedWork, 'id' | 'messageId'>;

export function decisionOf({ id: workId, messageId }: Item, id: string): DecisionRecord {
  return {
    id,
    messageId,
    workId,
    definition: 'flow-a',
    node: { id: 'n1', name: 'which queue' },
    table: 'queue',
    version: 'v1',
    at: 1,
    inputs: { unit: 'A' },
    matched: ['r1'],
    outputs: { queue: 'q' },
    missing: [],
    deterministic: true,
    error: null,
    sentence: 'Row r1 matched.',
  };
}

export function effectOf({ id: workId, messageId }: Item): EffectIdentity {
  return {
    key: `effect of ${workId}`,
    messageId,
    workId,
    name: 'tell',
    definition: 'flow-a',
    target: 'ehr: create Task',
    discriminator: '',
    version: '1',
  };
}
