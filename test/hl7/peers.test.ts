/**
 * Our reading beside that of three libraries that others wrote, value by value, on synthetic messages. Every difference is
 * listed with its reason: a new one, or one that has gone, fails.
 */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { Hl7Message as MedplumMessage } from '@medplum/core';
import { describe, it } from 'mocha';
import { HL7_2_5, Message as ClientMessage } from 'node-hl7-client';
import { Hl7Message } from '../../engine/hl7/message.ts';
import { parsePath } from '../../engine/hl7/path.ts';

const HEAD = 'MSH|^~\\&|LAB|NORTH|WF|SOUTH|20260105081500-0500||ORU^R01^ORU_R01|C-1|P|2.5.1\r';
const PID = 'PID|1||4711^^^NORTH&1.2.3&ISO^MR~0815^^^SOUTH^PI||Example^Alex||19700101|U\r';
const MESSAGES: Readonly<Record<string, readonly [text: string, paths: readonly string[]]>> = {
  plain: [
    `${HEAD}${PID}PV1|1|I|4W^12^A\rOBR|1|P1|F1|24323-8^Panel^LN\rOBX|1|NM|2823-3^Potassium^LN||6.9|mmol/L\rOBX|2|NM|2951-2^Sodium^LN||140|mmol/L\r`,
    (
      'MSH-3 MSH-7 MSH-9.1 MSH-9.2 MSH-10 MSH-12 PID-3.1 PID-3.4.1 PID-3.4.2 PID-3.5 PID-3[2].1 PID-3[2].4 PID-5.1 ' +
      'PID-5.2 PID-7 PV1-3.2 OBR-4.2 OBX-3.1 OBX-5 OBX[2]-3.2 OBX[2]-5'
    ).split(' '),
  ],
  absent: [HEAD + PID, ['PID-6', 'PID-30', 'PID-5.9', 'PID-3[9].1', 'PV1-3.1', 'OBX[2]-5']],
  'HL7 null': [`${HEAD}PID|1||""||Example^""\r`, ['PID-2', 'PID-3', 'PID-5.2']],
  escapes: [
    `${HEAD}NTE|1||a\\T\\b|\\F\\\\S\\\\R\\\\E\\|one\\.br\\two|\\H\\x\\N\\|\\XC3A9\\|\\Zq\\|C:\\temp\r`,
    ['NTE-3', 'NTE-4', 'NTE-5', 'NTE-6', 'NTE-7', 'NTE-8', 'NTE-9'],
  ],
  'other separators': [
    `${HEAD}${PID}`.replace(/[|^~\\&]/g, (c) => '#*@!%'['|^~\\&'.indexOf(c)] ?? ''),
    ['MSH-9.2', 'PID-3.1', 'PID-3.4.2', 'PID-3[2].1', 'PID-5.2'],
  ],
  'LF for line ends': [(HEAD + PID).replaceAll('\r', '\n'), ['MSH-10', 'MSH-12', 'PID-3.1', 'PID-5.2', 'PID-8']],
  'CR LF for line ends': [(HEAD + PID).replaceAll('\r', '\r\n'), ['MSH-12', 'PID-3.1', 'PID-8']],
  'a byte order mark': [`\ufeff${HEAD}${PID}`, ['MSH-10', 'PID-3.1']],
  'no last line end': [(HEAD + PID).slice(0, -1), ['PID-5.1', 'PID-8']],
};

/** `undefined`: it has no way to ask for that. */
type Read = (text: string) => (path: string) => string | undefined;

const medplum: Read = (text) => {
  const read = MedplumMessage.parse(text);
  return (path) => {
    const { segment, occurrence, field, repetition, component, subcomponent } = parsePath(path);
    const one = read.segments.filter(({ name }) => name === segment)[(occurrence || 1) - 1];
    return (
      one?.getComponent(
        field,
        component || 1,
        subcomponent > 0 ? subcomponent - 1 : undefined,
        (repetition || 1) - 1,
      ) ?? ''
    );
  };
};

const client: Read = (text) => {
  const read = new ClientMessage({ text });
  return (path) => {
    const { segment, occurrence, field, repetition, component, subcomponent } = parsePath(path);
    if (occurrence > 1 || repetition > 1) return undefined;
    const numbers = [field, component, subcomponent].filter((number) => number > 0);
    return read.get([segment, ...numbers].join('.')).toString();
  };
};

const parser: Read = (text) => {
  type Fields = readonly (readonly (readonly (readonly string[])[])[])[];
  const { parse } = createRequire(import.meta.url)('hl7-parser') as {
    parse(this: void, text: string): { raw: Readonly<Record<string, readonly { readonly segment: Fields }[]>> };
  };
  const { raw } = parse(text);
  return (path) => {
    const { segment, occurrence, field, repetition, component, subcomponent } = parsePath(path);
    // It does not count MSH-1.
    const place = raw[segment]?.[(occurrence || 1) - 1]?.segment[segment === 'MSH' ? field - 1 : field];
    return place?.[(repetition || 1) - 1]?.[(component || 1) - 1]?.[(subcomponent || 1) - 1] ?? '';
  };
};

const PEERS: Readonly<Record<string, Read>> = {
  '@medplum/core': medplum,
  'node-hl7-client': client,
  'hl7-parser': parser,
};

const ESCAPED = 'It leaves escapes to its caller, who would have to know the separators (chapter 2, section 2.7).';
const BREAKS = 'It ends segments at CR alone; files and senders on Unix end them otherwise.';
const MARK = 'It takes a byte order mark for a part of the name MSH.';

/** Message, path (`*`: it throws on the whole), theirs, and why ours is another. */
const DIFFERENCES: Readonly<Record<string, readonly (readonly [string, string, string, string])[]>> = {
  '@medplum/core': [
    ['absent', 'PID-3[9].1', 'throws', 'A repetition that is not there reads as empty, as any other part.'],
    ['escapes', 'NTE-3', 'a\\T\\b', ESCAPED],
    ['escapes', 'NTE-4', '\\F\\\\S\\\\R\\\\E\\', ESCAPED],
    ['escapes', 'NTE-5', 'one\\.br\\two', ESCAPED],
    ['escapes', 'NTE-6', '\\H\\x\\N\\', ESCAPED],
    ['escapes', 'NTE-7', '\\XC3A9\\', ESCAPED],
    ['a byte order mark', '*', 'throws', MARK],
  ],
  'node-hl7-client': [
    ['escapes', 'NTE-5', 'one\\.br\\two', 'It knows no formatting.'],
    [
      'escapes',
      'NTE-7',
      'Ã©',
      'It reads each byte of \\X..\\ as a character, whatever the character set of the message.',
    ],
    ['escapes', 'NTE-8', '', 'It drops an escape that it does not know; the receiver behind us may know it.'],
    ['a byte order mark', '*', 'throws', MARK],
  ],
  'hl7-parser': [
    ['escapes', 'NTE-3', 'a\\T\\b', ESCAPED],
    ['escapes', 'NTE-4', '\\F\\\\S\\\\R\\\\E\\', ESCAPED],
    ['escapes', 'NTE-5', 'one\\.br\\two', ESCAPED],
    ['escapes', 'NTE-6', '\\H\\x\\N\\', ESCAPED],
    ['escapes', 'NTE-7', '\\XC3A9\\', ESCAPED],
    ['LF for line ends', 'MSH-12', '2.5.1\nPID', BREAKS],
    ['LF for line ends', 'PID-3.1', '', BREAKS],
    ['LF for line ends', 'PID-5.2', '', BREAKS],
    ['LF for line ends', 'PID-8', '', BREAKS],
    ['CR LF for line ends', 'PID-3.1', '', BREAKS],
    ['CR LF for line ends', 'PID-8', '', BREAKS],
    ['a byte order mark', 'MSH-10', '', MARK],
    ['a byte order mark', 'PID-3.1', '', MARK],
  ],
};

describe('our reading beside that of', () => {
  for (const [peer, read] of Object.entries(PEERS)) {
    it(`${peer}: the same, but for what is listed`, () => {
      const found: (readonly [string, string, string])[] = [];
      let compared = 0;
      for (const [name, [text, paths]] of Object.entries(MESSAGES)) {
        const ours = Hl7Message.parse(text);
        let theirs: ReturnType<Read>;
        try {
          theirs = read(text);
        } catch {
          found.push([name, '*', 'throws']);
          continue;
        }
        for (const path of paths) {
          let value: string | undefined;
          try {
            value = theirs(path);
          } catch {
            value = 'throws';
          }
          if (value === undefined) continue;
          compared++;
          if (value !== ours.get(path)) found.push([name, path, value]);
        }
      }
      assert.ok(compared > 20, `${compared} values`);
      assert.deepEqual(
        found,
        (DIFFERENCES[peer] ?? []).map(([name, path, value]) => [name, path, value]),
      );
    });
  }

  it('all of them: the same in a message that we built', () => {
    const text = Hl7Message.build({
      type: 'ADT^A01^ADT_A01',
      controlId: 'C-2',
      time: Date.UTC(2026, 0, 5),
      sender: { application: 'WARDFLOW', facility: 'NORTH' },
      segments: [
        {
          name: 'PID',
          fields: { 3: { repeat: [['4711', '', '', ['NORTH', '1.2.3']], '0815'] }, 5: ['Example', 'Alex'] },
        },
        { name: 'PV1', fields: { 2: 'I', 3: ['4W', '12'], 44: '20260105' } },
      ],
    }).toString();
    const ours = Hl7Message.parse(text);
    for (const [peer, read] of Object.entries(PEERS)) {
      const theirs = read(text);
      for (const path of [
        'MSH-3',
        'MSH-9.3',
        'MSH-10',
        'PID-3.1',
        'PID-3.4.2',
        'PID-5.2',
        'PV1-2',
        'PV1-3.2',
        'PV1-44',
      ]) {
        assert.equal(theirs(path), ours.get(path), `${peer} ${path}`);
        assert.notEqual(ours.get(path), '', path);
      }
    }
  });

  it('node-hl7-client and Medplum core: the same in messages that they built', () => {
    const theirs = new HL7_2_5().buildMSH({
      msh_3: 'APP',
      msh_9_1: 'ADT',
      msh_9_2: 'A01',
      msh_10: 'C-3',
      msh_11_1: 'P',
    });
    const built = Hl7Message.parse(theirs.buildPID({ pid_3: '4711', pid_5: 'EXAMPLE^ALEX' }).toMessage().toString());
    assert.deepEqual(
      ['MSH-3', 'MSH-9.2', 'MSH-10', 'PID-3', 'PID-5.2'].map((path) => built.get(path)),
      ['APP', 'A01', 'C-3', '4711', 'ALEX'],
    );
    const answer = Hl7Message.parse(
      MedplumMessage.parse(HEAD + PID)
        .buildAck()
        .toString(),
    );
    assert.deepEqual([answer.get('MSH-9.1'), answer.get('MSA-1'), answer.get('MSA-2')], ['ACK', 'AA', 'C-1']);
  });
});
