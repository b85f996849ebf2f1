import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { messageText } from '../../cli/commands/message-text.ts';
import { seededRandom, syntheticDetail, syntheticMessage } from '../kit/synthetic-messages.ts';

describe('a message in the terminal', () => {
  const summary = syntheticMessage(7, Date.UTC(2026, 0, 5), 'parked', seededRandom(7));
  const detail = syntheticDetail(summary, []);

  it('says of what is parked that it is, or that a person decides about it and why', () => {
    assert.match(messageText(detail, []), /^state +Parked since/m);
    const held = { because: 'incomplete-data', sentence: 'The rule table misses a value.' } as const;
    const [item] = detail.work;
    assert.ok(item);
    const attempt = {
      attempt: 1,
      version: null,
      startedAt: 0,
      endedAt: 1,
      outcome: 'held',
      failure: null,
      steps: [],
    } as const;
    const text = messageText(
      {
        ...detail,
        message: { ...detail.message, held },
        work: [{ ...item, state: 'parked', attempts: [attempt] }],
      },
      [],
    );
    assert.match(text, /^state +Held: data is missing since/m);
    assert.match(text, /^reason +The rule table misses a value\. \(incomplete-data\)$/m);
    assert.match(text, new RegExp(`^${item.subscription}: held, lane`, 'm'));
  });
});
