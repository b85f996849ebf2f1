import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { adt } from '../kit/hl7-messages.ts';
import { ends, frame, node, usePalette } from '../kit/palette-runtime.ts';

const ENDLESS = '($f := function() { $f() }; $f())';
const TRYING = '$contains("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", /^(a+)+$/)';

describe('expressions in nodes', () => {
  const runtime = usePalette(async () => ({}));
  const set = (to: string): object =>
    node('set', 'change', { name: 'Compute', rules: [{ t: 'set', p: 'x', pt: 'msg', to, tot: 'jsonata' }] }, ['done']);
  const nodes: readonly [string, string, object[]][] = [
    ['change', 'set', [set(ENDLESS)]],
    ['change', 'set', [set(TRYING)]],
    [
      'switch',
      'which',
      [
        node(
          'which',
          'switch',
          {
            name: 'Compute',
            property: ENDLESS,
            propertyType: 'jsonata',
            checkall: 'false',
            rules: [{ t: 'else' }],
            outputs: 1,
          },
          ['done'],
        ),
      ],
    ],
    [
      'audit log',
      'log',
      [node('log', 'audit log', { name: 'Compute', text: ENDLESS, textKind: 'jsonata', finish: true })],
    ],
  ];
  for (const [nth, [type, id, flow]] of nodes.entries())
    it(`end in a "${type}" (${nth + 1}) that would go on for ever, with a failure that names it, and the flow goes on`, async () => {
      await runtime.deploy({ flow: [...frame(id), ...flow] });
      const began = performance.now();
      const sent = await runtime.sendAndSettle(adt('A03', `E${nth}a`, `E${nth}a`), ['dead']);
      assert.ok(performance.now() - began < 5000);
      assert.deepEqual(ends(sent), ['dead permanent expression-limit']);
      const [item] = sent.work;
      assert.match(item?.failure?.text ?? '', /node "Compute" went beyond/);
      assert.equal(item?.failure?.node?.id, id);
      await runtime.deploy({ flow: frame('done') });
      assert.deepEqual(ends(await runtime.sendAndSettle(adt('A03', `E${nth}b`, `E${nth}b`))), ['done']);
    }).timeout(20_000);
});
