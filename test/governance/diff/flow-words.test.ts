import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { PropertyLabels } from '../../../governance/diff/index.ts';
import { critical, criticalFlow, discharge, dischargeFlow, linesOf, told } from './describe.ts';
import { editedFlow, idIn, inNode, type Edited } from './shipped.ts';

/** What the palette's forms call the properties, as the review app hands it over. */
function paletteLabels(): PropertyLabels {
  const nodes = resolve(import.meta.dirname, '../../../nodes');
  const folders = readdirSync(nodes, { withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && entry.name !== 'kit',
  );
  const read = (name: string): Readonly<Record<string, string>> =>
    (JSON.parse(readFileSync(join(nodes, name, 'locale.json'), 'utf8')) as { label: Record<string, string> }).label;
  return Object.fromEntries(
    folders.map(({ name }) => [name.startsWith('wardflow-') ? name : name.replaceAll('-', ' '), read(name)]),
  );
}

describe('a changed property of a node', () => {
  it('tells a new destination by the name of the server', () => {
    const shared = editedFlow({ 'flow.json': discharge['_shared/flow.json'] ?? '' }, (nodes) => {
      nodes.push({ id: 'endpoint-2', type: 'wardflow-fhir-endpoint', name: 'ehr2' });
    });
    const after = editedFlow(
      { ...discharge, '_shared/flow.json': shared['flow.json'] ?? '' },
      inNode('dis-comm', { endpoint: 'endpoint-2' }),
    );
    assert.deepEqual(told(linesOf(discharge, after)), [
      'destination - New endpoint "ehr2"',
      'destination - fhir write "Communication to the team" goes to endpoint ehr -> ehr2',
    ]);
  });

  it('tells where a message goes, and what is sent', () => {
    const withOut = editedFlow(discharge, (nodes) => {
      nodes.push(
        { id: 'ward', type: 'wardflow-hl7-endpoint', name: 'ward' },
        { id: 'clinic', type: 'wardflow-hl7-endpoint', name: 'clinic' },
        {
          id: 'out',
          type: 'hl7 out',
          z: 'discharge',
          name: 'Tell the ward',
          endpoint: 'ward',
          message: 'payload',
          controlId: 'keep',
          wires: [[]],
        },
      );
    });
    assert.deepEqual(told(linesOf(discharge, withOut)), [
      'destination - New receiver "ward"',
      'destination - New receiver "clinic"',
      'destination - New hl7 out "Tell the ward": sends payload to ward',
    ]);
    const changed = editedFlow(withOut, inNode('out', { endpoint: 'clinic', message: 'made', controlId: 'new' }));
    assert.deepEqual(told(linesOf(withOut, changed)), [
      'destination - hl7 out "Tell the ward" goes to receiver ward -> clinic',
      'code - hl7 out "Tell the ward" sends payload -> made',
      'code - hl7 out "Tell the ward": control id keep -> new',
    ]);
    const renamed = editedFlow(withOut, inNode('ward', { name: 'ward-2' }));
    assert.deepEqual(told(linesOf(withOut, renamed)), ['destination - receiver is called ward -> ward-2']);
  });

  it('tells recipient, lane and text of a notice', () => {
    assert.deepEqual(
      dischargeFlow(inNode('dis-changed', { to: 'ward', toKind: 'str', lane: 'routine', text: 'Look at it.' })),
      [
        'timer loosens console notice "Tell the discharge desk": lane urgent -> routine: less urgent',
        'recipient - console notice "Tell the discharge desk" tells discharge-desk -> ward',
        'text - console notice "Tell the discharge desk": text changed: 1 line',
      ],
    );
  });

  it('tells which messages are taken', () => {
    assert.deepEqual(dischargeFlow(inNode('dis-in', { types: ['ADT^A03', 'ADT^A08'], senders: ['LAB'] })), [
      'cohort loosens hl7 in "Discharges": senders none -> LAB: fewer messages are taken',
      'cohort tightens hl7 in "Discharges": types ADT^A03 -> ADT^A03, ADT^A08: more messages are taken',
    ]);
    assert.deepEqual(dischargeFlow(inNode('dis-in', { types: ['ADT^A08'] })), [
      'cohort - hl7 in "Discharges": types ADT^A03 -> ADT^A08: other messages are taken',
    ]);
  });

  it('calls the property what its form calls it', () => {
    const labels = paletteLabels();
    assert.deepEqual(dischargeFlow(inNode('dis-in', { capacity: 4 }), labels), [
      'setting - hl7 in "Discharges": At once 16 -> 4',
    ]);
    assert.deepEqual(dischargeFlow(inNode('dis-in', { capacity: 4 })), [
      'setting - hl7 in "Discharges": capacity 16 -> 4',
    ]);
    assert.ok(Object.keys(labels).length > 10);
  });

  it('counts the lines of code', () => {
    const before = editedFlow(discharge, (nodes) => {
      nodes.push({ id: 'shape', type: 'function', z: 'discharge', name: 'shape', func: 'a\nb\nc\nd\n', wires: [[]] });
    });
    const after = editedFlow(before, inNode('shape', { func: 'a\nB\nC\nd\nmore\n', initialize: 'x\n' }));
    assert.deepEqual(told(linesOf(before, after)), [
      'code - function "shape" code changed: 3 lines',
      'code - function "shape" start code changed: 1 line',
    ]);
    assert.deepEqual(
      dischargeFlow((nodes) => {
        const node = nodes.find((one) => idIn(one) === 'dis-comm');
        const resource = node?.['resource'];
        if (node && typeof resource === 'string') node['resource'] = resource.replace('completed', 'stopped');
      }, paletteLabels()),
      ['code - fhir write "Communication to the team": Content changed: 1 line'],
    );
  });

  it('tells a limit in a switch as a threshold', () => {
    const asks = (t: string, v: string, v2 = ''): Edited => ({
      property: 'event.data.value',
      rules: [{ t, v, v2, vt: 'num' }, { t: 'else' }],
    });
    const change = (from: Edited, to: Edited): readonly string[] => {
      const before = editedFlow(critical, inNode('crit-kind', from));
      return told(linesOf(before, editedFlow(before, inNode('crit-kind', to))));
    };
    const who = 'switch "Which kind of result?": output 1 takes event.data.value';
    assert.deepEqual(change(asks('gte', '6'), asks('gte', '5.5')), [
      `threshold - ${who} at least 6 -> at least 5.5: more messages go this way`,
    ]);
    assert.deepEqual(change(asks('lt', '3'), asks('lt', '2')), [
      `threshold - ${who} below 3 -> below 2: fewer messages go this way`,
    ]);
    assert.deepEqual(change(asks('btwn', '3', '5'), asks('btwn', '3', '4')), [
      `threshold - ${who} between 3 and 5 -> between 3 and 4: other messages go this way`,
    ]);
    assert.deepEqual(change(asks('gte', '6'), asks('gt', '6')), [`rule - ${who} at least 6 -> above 6`]);
    assert.deepEqual(change(asks('gte', '6'), asks('empty', '')), [`rule - ${who} at least 6 -> empty`]);
  });

  it('tells a switch that asks something else, or tells more apart', () => {
    assert.deepEqual(
      criticalFlow((nodes) => {
        const rules = nodes.find((node) => idIn(node) === 'crit-act')?.['rules'];
        if (Array.isArray(rules)) Object.assign(rules[1] ?? {}, { v: 'worst' });
      }),
      ['rule - switch "What is to be done?": output 2 takes change worse -> worst'],
    );
    assert.deepEqual(criticalFlow(inNode('crit-kind', { rules: [{ t: 'else' }], outputs: 1 })), [
      'rule - switch "Which kind of result?" tells apart 6 ways -> 1 way',
      'wiring - switch "Which kind of result?": outputs 6 -> 1',
    ]);
  });

  it('tells what changed inside lists of settings', () => {
    const lines = criticalFlow((nodes) => {
      for (const [id, key, list] of [
        ['crit-prepare', 'to', 'rules'],
        ['crit-known', 'value', 'details'],
      ] as const) {
        const items = nodes.find((node) => idIn(node) === id)?.[list];
        if (Array.isArray(items)) Object.assign(items[0] ?? {}, { [key]: 'a' });
      }
    });
    assert.equal(lines.length, 2);
    assert.match(lines[1] ?? '', /^code - change "Patient and deadline": rules first, to event\.data\.patient.* -> a$/);
    assert.equal(
      lines[0],
      'code - audit log "Record: known, nobody is told twice": details first, value gate.kind -> a',
    );
  });

  it('tells a wait by its length', () => {
    const before = editedFlow(discharge, (nodes) => {
      nodes.push({
        id: 'wait',
        type: 'delay until',
        z: 'discharge',
        name: 'Rest',
        mode: 'for',
        time: 'PT4H',
        wires: [[]],
      });
    });
    assert.deepEqual(told(linesOf(before, editedFlow(before, inNode('wait', { time: 'PT90M' })))), [
      'timer tightens delay until "Rest": time 4 h -> 90 min: sooner',
    ]);
  });

  it('says of a node or a flow that is switched off that nothing goes through it', () => {
    const off = editedFlow(discharge, inNode('dis-comm', { d: true }));
    assert.deepEqual(told(linesOf(discharge, off)), [
      'wiring loosens fhir write "Communication to the team" is switched off: nothing goes through it',
    ]);
    assert.deepEqual(told(linesOf(off, discharge)), [
      'wiring - fhir write "Communication to the team" is switched on again: messages go through it again',
    ]);
    assert.deepEqual(dischargeFlow(inNode('discharge', { disabled: true })), [
      'wiring loosens flow "Discharge follow-up" is switched off: nothing goes through it',
    ]);
  });

  it('takes the name of a feed or a server for what it is', () => {
    const before = { 'flow.json': discharge['_shared/flow.json'] ?? '' };
    const after = editedFlow(before, (nodes) => {
      inNode('feed-hospital', { name: 'clinic', deadlineSeconds: 120, afterDead: 'continue' })(nodes);
      inNode('endpoint-ehr', { name: 'archive' })(nodes);
    });
    assert.deepEqual(told(linesOf(before, after)), [
      'timer - feed "clinic": deadline seconds 60 -> 120',
      'cohort - feed is called hospital -> clinic',
      'destination - endpoint is called ehr -> archive',
      'setting - feed "clinic": after dead hold -> continue',
    ]);
  });
});
