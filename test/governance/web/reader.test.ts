import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { Hl7Message, outlineOf } from '../../../engine/index.ts';
import { EXAMPLE } from '../../../governance/web/reader/example.ts';
import { movedTo } from '../../../governance/web/reader/keys.ts';
import { above, partAt, placed, rowsOf, wayTo, type Opened } from '../../../governance/web/reader/rows.ts';

const PID = 'PID|1||100^^^H&1.2&ISO^MR~55||TEST^ONE|||F';
const outline = outlineOf(Hl7Message.parse(`MSH|^~\\&|A|B|C|D|20260101||ADT^A01^ADT_A01|1|P|2.5.1\r${PID}\rNTE|1\r`));
const { segments } = outline;
const opened = (rule: Opened['rule'], but: Record<string, boolean> = {}): Opened => ({
  rule,
  but: new Map(Object.entries(but)),
});
const paths = (open: Opened): string[] => rowsOf(segments, open).map(({ node }) => node.path);

describe('the rows of the message reader', () => {
  it('are the segments, and what is open of them', () => {
    assert.deepEqual(paths(opened('none')), ['MSH', 'PID', 'NTE']);
    assert.deepEqual(paths(opened('none', { PID: true, 'PID-3': true })).slice(1), [
      'PID',
      'PID-1',
      'PID-3',
      'PID-3[1]',
      'PID-3[2]',
      'PID-5',
      'PID-8',
      'NTE',
    ]);
    assert.ok(paths(opened('all')).includes('PID-3[1].4.2'));
    assert.ok(!paths(opened('all', { PID: false })).includes('PID-1'));
  });

  it('know their level, place and siblings, as a tree must say them', () => {
    const rows = rowsOf(segments, opened('all'));
    const row = rows.find(({ node }) => node.path === 'PID-3[1].4');
    assert.deepEqual([row?.level, row?.position, row?.siblings, row?.open, row?.parent], [4, 2, 3, true, 'PID-3[1]']);
    assert.equal(rows.find(({ node }) => node.path === 'PID-1')?.open, null);
  });

  it('have warnings at the nearest part that is there, and count them above it', () => {
    const { here } = outlineOf(
      Hl7Message.parse(`MSH|^~\\&|A|B|C|D|1||ADT^A01^ADT_A01|1|P|2.5.1\r${PID}~M\rOBX|1|NM|^B||5||||||Q\r`),
    );
    const shown = outlineOf(
      Hl7Message.parse(`MSH|^~\\&|A|B|C|D|1||ADT^A01^ADT_A01|1|P|2.5.1\r${PID}~M\rOBX|1|NM|^B||5||||||Q\r`),
    ).segments;
    const { at, below } = placed(shown, here);
    assert.deepEqual([...at.keys()], ['PID-8', 'OBX-11']);
    assert.deepEqual([below.get('PID'), below.get('OBX')], [1, 1]);
    const missing = { code: 'required-empty', path: 'PID-3[2].4.9', segment: 1, text: 'x' } as const;
    assert.deepEqual([...placed(segments, [missing]).at.keys()], ['PID-3[2]']);
    assert.equal(placed(segments, [{ ...missing, path: 'OBX[7]-1' }]).at.size, 0);
  });

  it('lead from a path to all that hides it, and upwards from a path', () => {
    assert.deepEqual(
      wayTo(segments, 'PID-3[1].4.2').map(({ path }) => path),
      ['PID', 'PID-3', 'PID-3[1]', 'PID-3[1].4', 'PID-3[1].4.2'],
    );
    assert.deepEqual(wayTo(segments, 'PID-3[1].9').at(-1)?.path, 'PID-3[1]');
    assert.deepEqual(wayTo(segments, 'ZZZ-1'), []);
    const ups: string[] = [];
    for (let path = above('OBX[3]-5[2].4.1'); path !== null; path = above(path)) ups.push(path);
    assert.deepEqual(ups, ['OBX[3]-5[2].4', 'OBX[3]-5[2]', 'OBX[3]-5', 'OBX[3]']);
  });

  it('are found from a place in the raw text', () => {
    const [, pid] = segments;
    assert.ok(pid);
    assert.equal(partAt(pid, PID.indexOf('1.2')).path, 'PID-3[1].4.2');
    assert.equal(partAt(pid, PID.indexOf('55')).path, 'PID-3[2]');
    assert.equal(partAt(pid, 0).path, 'PID');
  });

  it('are moved over by the keys of a tree', () => {
    const rows = rowsOf(segments, opened('none', { PID: true }));
    const at = (path: string): number => rows.findIndex(({ node }) => node.path === path);
    const select = (path: string) => ({ kind: 'select', path });
    assert.deepEqual(movedTo('ArrowDown', rows, at('PID'), 5), select('PID-1'));
    assert.deepEqual(movedTo('ArrowUp', rows, 0, 5), select('MSH'));
    assert.deepEqual(movedTo('End', rows, 0, 5), select('NTE'));
    assert.deepEqual(movedTo('PageDown', rows, 0, 4), select(rows[4]?.node.path ?? ''));
    assert.deepEqual(movedTo('ArrowLeft', rows, at('PID-3'), 5), select('PID'));
    assert.deepEqual(movedTo('ArrowLeft', rows, at('PID'), 5), { kind: 'toggle', row: rows[at('PID')], open: false });
    assert.deepEqual(movedTo('ArrowRight', rows, at('PID'), 5), select('PID-1'));
    assert.deepEqual(movedTo('ArrowRight', rows, at('PID-3'), 5), {
      kind: 'toggle',
      row: rows[at('PID-3')],
      open: true,
    });
    assert.equal(movedTo('ArrowRight', rows, at('PID-1'), 5), null);
    assert.equal(movedTo('x', rows, 0, 5), null);
    assert.deepEqual(movedTo('ArrowDown', rows, -1, 5), select('MSH'));
  });
});

describe('the example of the message reader', () => {
  it('is a message with something to look at, and made up', () => {
    const { advice, type } = outlineOf(Hl7Message.parse(EXAMPLE), { advise: true });
    assert.equal(type, 'ORU^R01');
    assert.deepEqual(
      advice.map(({ code }) => code),
      ['not-in-table', 'unknown-segment'],
    );
    assert.match(EXAMPLE, /EXAMPLE-1/);
  });
});
