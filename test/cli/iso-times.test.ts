import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { isoTimes } from '../../cli/commands/iso-times.ts';

const AT = Date.UTC(2026, 2, 1, 9, 30);
const ISO = '2026-03-01T09:30:00.000Z';

describe('times of a status for programs', () => {
  it('are texts wherever they stand, and what is no time stays a number', () => {
    const feed = { lastMessageAt: AT, port: 2575, tls: { validUntil: AT }, refused: { junk: 2 } };
    assert.deepEqual(isoTimes({ feeds: [feed], storeTrouble: { since: AT, lastAt: AT, count: 3 }, rssBytes: AT }), {
      feeds: [{ lastMessageAt: ISO, port: 2575, tls: { validUntil: ISO }, refused: { junk: 2 } }],
      storeTrouble: { since: ISO, lastAt: ISO, count: 3 },
      rssBytes: AT,
    });
  });

  it('are null where there is none, and stay as they are where they are texts', () => {
    const switches = [{ from: AT, until: null, reason: 'from 9' }];
    assert.deepEqual(isoTimes({ switches, startedAt: ISO }), {
      switches: [{ from: ISO, until: null, reason: 'from 9' }],
      startedAt: ISO,
    });
  });
});
