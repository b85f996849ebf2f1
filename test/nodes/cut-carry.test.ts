import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { carriedOrCut } from '../../nodes/kit/cut-carry.ts';
import type { WardflowMessage } from '../../runtime/services.ts';

/** What the steps of the critical-results ladder go by, and whatever else a flow put there. */
const message = (more: object): WardflowMessage => ({
  event: {
    specversion: '1.0',
    id: 'e'.repeat(64),
    source: '/v2/NORTH/LAB',
    type: 'org.wardflow.lab.result.final',
    time: '2026-01-05T10:00:00Z',
    datacontenttype: 'application/json',
    businesskey: 'b'.repeat(64),
    data: { valueText: 'x'.repeat(60_000), flags: ['HH'], unit: 'mmol/L', order: { filler: 'F1' }, code: '2823-3' },
  },
  decision: { matched: ['k-high'], outputs: { a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, label: 'Critical potassium' } },
  ...more,
});

interface Kept {
  readonly event: { readonly businesskey: string; readonly id: string; readonly data: { readonly unit: string } };
  readonly decision: { readonly matched: readonly string[]; readonly outputs: { readonly label: string } };
}

describe('what a ladder carries, where that is too much', () => {
  const names = ['event', 'decision', 'notes', 'rows'];
  const notes = Object.fromEntries(Array.from({ length: 90 }, (_, i) => [`n${i}`, 'note '.repeat(200)]));
  const rows = Array.from({ length: 400 }, (_, i) => ({
    at: i,
    text: 'row '.repeat(80),
    all: Array(40).fill('value'),
  }));

  it('keeps every member that has a name before it gives up one: expressions ask for them', () => {
    const { carry, cut } = carriedOrCut(names, message({ notes, rows }));
    assert.ok(Buffer.byteLength(JSON.stringify(carry)) <= 64 * 1024);
    const { event, decision } = carry as unknown as Kept;
    assert.deepEqual([event.id, event.businesskey, event.data.unit], ['e'.repeat(64), 'b'.repeat(64), 'mmol/L']);
    assert.deepEqual([decision.matched, decision.outputs.label], [['k-high'], 'Critical potassium']);
    assert.equal(Object.keys(carry['notes'] as object).length, 90);
    assert.ok(cut.includes('event') && cut.includes('rows'));
  });

  it('gives up a whole property only where nothing else helps, the largest first', () => {
    const huge = Object.fromEntries(Array.from({ length: 90 }, (_, i) => [`${i}`, { ...notes }]));
    const { carry, cut } = carriedOrCut([...names, 'huge'], message({ huge }));
    assert.equal(carry['huge'], undefined);
    assert.ok(cut.includes('huge'));
    assert.equal((carry as unknown as Kept).decision.outputs.label, 'Critical potassium');
    assert.equal((carry as unknown as Kept).event.businesskey, 'b'.repeat(64));
  });
});
