import assert from 'node:assert/strict';
import type { DefinitionFiles } from '../../../governance/diff/index.ts';
import { criticalFlow, discharge, dischargeFlow, linesOf, told } from './describe.ts';
import { editedFlow, editedJson, idIn, inNode, type Edited } from './shipped.ts';

const remove = (nodes: Edited[], id: string): void => {
  nodes.splice(
    nodes.findIndex((node) => idIn(node) === id),
    1,
  );
};

describe('nodes that come and go, and their wires', () => {
  it('tell a node put in between in one line', () => {
    assert.deepEqual(
      dischargeFlow((nodes) => {
        nodes.push({
          id: 'shape',
          type: 'function',
          z: 'discharge',
          name: 'shape',
          func: 'a\nb',
          wires: [['dis-act']],
        });
        inNode('dis-rule', { wires: [['shape']] })(nodes);
      }),
      ['code - New function "shape": 2 lines of code (after "Who follows up?", before "Follow up at all?")'],
    );
  });

  it('tell a node taken out from between in one line', () => {
    assert.deepEqual(
      dischargeFlow((nodes) => {
        remove(nodes, 'dis-none');
        inNode('dis-act', { wires: [['dis-follow-out'], ['dis-none-done']] })(nodes);
      }),
      ['wiring - audit log "Record why nobody follows up" is gone (after "Follow up at all?", before "No follow-up")'],
    );
  });

  it('say what a node that is gone did, and that somebody may miss it', () => {
    for (const [id, text] of [
      ['dis-comm', 'destination loosens fhir write "Communication to the team" is gone: create Communication at ehr'],
      ['dis-changed', 'recipient loosens console notice "Tell the discharge desk" is gone: tells discharge-desk'],
      ['dis-rule', 'rule loosens rule table "Who follows up?" is gone: decides by the table follow-up-queues'],
      ['dis-catch', 'wiring loosens catch "Anything that went wrong" is gone (before "Failed")'],
    ] as const)
      assert.ok(
        dischargeFlow((nodes) => remove(nodes, id)).some((line) => line.startsWith(text)),
        text,
      );
    assert.ok(
      criticalFlow((nodes) => remove(nodes, 'crit-timer')).some((line) =>
        line.startsWith('recipient loosens escalation timer "Until somebody answers" is gone: start critical-result'),
      ),
    );
  });

  it('tell wires that go elsewhere, too, or nowhere', () => {
    assert.deepEqual(
      dischargeFlow((nodes) => {
        inNode('dis-act', { wires: [['dis-follow-out'], []] })(nodes);
        inNode('dis-comm', { wires: [['dis-none']] })(nodes);
        inNode('dis-rule', { wires: [['dis-act', 'dis-none']] })(nodes);
        const wires = (nodes.find((one) => idIn(one) === 'dis-make') ?? {})['wires'] as string[][];
        inNode('dis-make', { wires: wires.map((to) => to.toReversed()) })(nodes);
      }),
      [
        'wiring loosens switch "Follow up at all?": output 2 no longer goes to "Record why nobody follows up": it goes nowhere',
        'wiring - rule table "Who follows up?": output 1 now also goes to "Record why nobody follows up"',
        'wiring - fhir write "Communication to the team": output 1 goes to "Record the communication" -> "Record why nobody follows up"',
        'layout - task create "Task for the team": its wires come in another order',
      ],
    );
  });

  it('tell a link once, at the node that it leaves', () => {
    const lines = criticalFlow((nodes) => {
      inNode('crit-judged-out', { links: ['crit-must-in'] })(nodes);
      inNode('crit-must-in', { links: ['crit-must-out', 'crit-judged-out'] })(nodes);
      inNode('crit-judged-in', { links: [] })(nodes);
    });
    assert.deepEqual(lines, ['wiring - link out "Judged": output 1 goes to "Judged" -> "Somebody must act"']);
  });

  it('count what only stands elsewhere, is called otherwise or has another id', () => {
    const lines = dischargeFlow((nodes) => {
      for (const id of ['dis-comm', 'dis-timer', 'dis-none']) inNode(id, { x: 1 })(nodes);
      inNode('dis-gate', { name: 'New?' })(nodes);
      inNode('dis-rule', { wires: [['again']] })(nodes);
      inNode('dis-act', { id: 'again' })(nodes);
    });
    assert.deepEqual(lines, [
      'text - idempotency gate is called Seen before? -> New?',
      'layout - 3 nodes moved on the canvas',
      'layout - 1 node made anew: the same under another id',
    ]);
  });

  it('show what is not to be seen in a name', () => {
    assert.deepEqual(dischargeFlow(inNode('dis-gate', { name: 'Seen\u202Ebefore\u001B[2J?' })), [
      'text - idempotency gate is called Seen before? -> Seen\uFFFDbefore\uFFFD[2J?',
    ]);
    assert.deepEqual(dischargeFlow(inNode('dis-changed', { to: 'discharge-desk ' })), [
      'recipient - console notice "Tell the discharge desk" tells discharge-desk -> discharge-desk: ' +
        'they differ in what is cut off or cannot be seen here',
    ]);
  });

  it('take a port of a subflow that was dragged for layout, and one that leads elsewhere for wiring', () => {
    const port = (x: number, id: string): Edited => ({ in: [{ x, y: 1, wires: [{ id }] }] });
    const subflow = (x: number, id: string): DefinitionFiles => ({
      'flow.json': JSON.stringify([{ id: 'sub', type: 'subflow', name: 'Reach', ...port(x, id) }]),
    });
    assert.deepEqual(told(linesOf(subflow(1, 'a'), subflow(9, 'a'))), ['layout - subflow "Reach": in first, x 1 -> 9']);
    assert.deepEqual(told(linesOf(subflow(1, 'a'), subflow(1, 'b'))), [
      'wiring - subflow "Reach": in first, wires removed: id a',
      'wiring - subflow "Reach": in first, wires added: id b',
    ]);
  });

  it('call a subflow by its name', () => {
    const before = editedJson(discharge, 'flow.json', (nodes) => {
      (nodes as unknown as Edited[]).push({ id: 'sub', type: 'subflow', name: 'Reach the team', in: [], out: [] });
    });
    const after = editedFlow(before, (nodes) => {
      nodes.push({ id: 'use', type: 'subflow:sub', z: 'discharge', name: '', wires: [] });
    });
    assert.deepEqual(told(linesOf(before, after)), ['wiring - New subflow Reach the team use']);
  });
});
