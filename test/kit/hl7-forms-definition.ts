/** A definition whose forms are about HL7: an edit, a message that is built, and a gate; with one made-up sample. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const SAMPLE = [
  'MSH|^~\\&|LAB|NORTH|WARDFLOW|HOSPITAL|20260105083000+0100||ORU^R01^ORU_R01|MADE-UP-1|P|2.5.1|||||||UNICODE UTF-8',
  'PID|1||0004711^^^WARD&1.2.3&ISO^MR~99^^^OLD^PI||TESTFALL^ANNA^^^^^L||19700101|F',
  'OBR|1|P1|F1|2823-3^Potassium^LN|||20260105080000+0100',
  'OBX|1|NM|2823-3^Potassium^LN||6.9|mmol/L|3.5-5.1|HH|||F|||20260105080000+0100',
  'NTE|1||First note',
].join('\r');

const step = (path: string, value: string, kind = 'str'): object => ({ do: 'set', path, value, kind, when: '' });

const FLOW = [
  { id: 'forms', type: 'tab', label: 'Forms', disabled: false, info: '' },
  node('in', 'hl7 in', { subscription: 'forms', feed: 'feed-hospital', types: ['ORU'], senders: [] }, 'edit', 'gate'),
  node('edit', 'hl7 edit', { steps: [step('MSH-5', 'ARCHIVE'), step('PID-3.4', 'HOUSE')], ifMissing: 'fail' }, 'build'),
  node(
    'build',
    'hl7 build',
    { message: 'note', messageType: 'ADT^A08^ADT_A01', steps: [step('PID-3', 'PID-3', 'hl7')], sender: 'WARDFLOW' },
    'done',
  ),
  node(
    'gate',
    'idempotency gate',
    { gate: 'forms', keyFrom: 'expression', key: 'event.data.value', correction: '' },
    'done',
  ),
  node('done', 'message done', {}),
  node('alone', 'hl7 edit', { steps: [step('MSH-5', 'X')], ifMissing: 'fail' }, 'done'),
];

function node(id: string, type: string, more: object, ...to: readonly string[]): object {
  return {
    id: `forms-${id}`,
    type,
    z: 'forms',
    x: 100,
    y: 100,
    name: '',
    ...more,
    wires: [to.map((one) => `forms-${one}`)],
  };
}

export function writeFormsDefinition(flows: string): void {
  const folder = join(flows, 'forms');
  mkdirSync(join(folder, 'samples'), { recursive: true });
  const write = (path: string, text: string): void => writeFileSync(join(folder, path), text);
  write('flow.json', `${JSON.stringify(FLOW, null, 2)}\n`);
  write('samples/potassium.hl7', `${SAMPLE}\r`);
  write('README.md', '# Forms\n\n## Runbook\n\nNothing.\n');
  write(
    'intent.json',
    JSON.stringify({
      kind: 'intent',
      format: 1,
      title: 'Forms',
      purpose: 'Shows what its forms make of a message.',
      owner: { name: 'Test', role: 'tester', contact: 'test@example.org' },
      risk: 'low',
      feeds: ['hospital'],
      endpoints: [],
      dataUsed: [],
      runbook: 'Runbook',
      reviewBy: '2099-01-01',
    }),
  );
}
