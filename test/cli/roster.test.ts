/** `wardflow roster` on a data folder of its own: real files, real accounts, a real audit trail. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { checkRosters } from '../../cli/doctor/check-roster.ts';
import { runCli } from '../../cli/run.ts';
import { rosterFindings } from '../../cli/roster/findings.ts';
import { rolesWanted } from '../../cli/roster/roles-wanted.ts';
import {
  createRoster,
  type FlowNode,
  environmentFolder,
  loadDefinitions,
  packageRoot,
  parseRoster,
  readConfig,
  rosterPath,
  type Roster,
} from '../../engine/index.ts';
import { openAuditTrail } from '../../governance/server/local-audit.ts';
import { openPeople } from '../../governance/server/local-people.ts';

/** A Monday. */
const NOW = Date.parse('2026-03-23T10:00:00Z');
const HEADING = 'role,unit,person,from,to';

describe('wardflow roster', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'wardflow-roster-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  interface Ended {
    readonly code: number;
    readonly out: string;
    readonly err: string;
  }
  async function roster(args: readonly string[], answer: 'yes' | 'no' | 'cannot-ask' = 'cannot-ask'): Promise<Ended> {
    let [out, err] = ['', ''];
    const code = await runCli(['roster', ...args], {
      out: (text) => (out += text),
      err: (text) => (err += text),
      bytes: () => Promise.resolve(),
      config: () => readConfig({ WARDFLOW_DATA: folder }),
      actor: () => 'cli:root',
      now: () => NOW,
      secret: () => Promise.resolve(null),
      confirm: () => Promise.resolve(answer),
    });
    return { code, out, err };
  }
  const place = (): string => rosterPath(environmentFolder(folder, 'staging'));
  const kept = (): Roster => {
    const read = parseRoster(readFileSync(place(), 'utf8'));
    assert.ok(typeof read !== 'string', 'it can be read');
    return read;
  };
  const file = (text: string, name = 'shifts.csv'): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const csv = (rows: readonly string[], ...more: string[]): Promise<Ended> =>
    roster(['import', file([HEADING, ...rows].join('\r\n')), '--from', 'csv', '--zone', 'Europe/Berlin', ...more]);
  const imported = async (...rows: string[]): Promise<void> => {
    const { code, err } = await csv(rows, '--yes');
    assert.equal(code, 0, err);
  };
  const shifts = ({ entries }: Roster): readonly string[] =>
    entries.map(({ role, unit, person, from, to }) => {
      const at = (one: number | null): string => (one === null ? '' : new Date(one).toISOString().slice(5, 16));
      return [role, unit ?? '*', person, at(from), at(to)].join(' ');
    });

  describe('import --from csv', () => {
    it('takes shifts by the clock of the zone, and days to their end', async () => {
      await imported(
        'nurse,4b,ana,2026-03-24 07:00,2026-03-24 15:30',
        'nurse,4b,bert,2026-03-24T14:30:00Z,',
        '"charge nurse",,carla,2026-03-25,2026-03-29',
        '',
        ' coordinator , 4b , dora ,,',
      );
      assert.deepEqual(shifts(kept()), [
        'nurse 4b ana 03-24T06:00 03-24T14:30',
        'nurse 4b bert 03-24T14:30 ',
        'charge nurse * carla 03-24T23:00 03-29T22:00',
        'coordinator 4b dora  ',
      ]);
      assert.equal(statSync(place()).mode & 0o777, 0o600);
    });

    it('takes what spreadsheets write: semicolons, tabs, a mark at the beginning, columns in any order', async () => {
      for (const text of ['\uFEFFPerson;Role\r\nana;nurse\r\n', 'person\trole\nana\tnurse\n']) {
        const { code, err } = await roster(['import', file(text), '--from', 'csv', '--yes']);
        assert.equal(code, 0, err);
        assert.deepEqual(shifts(kept()), ['nurse * ana  ']);
        rmSync(place());
      }
    });

    it('shows what goes and comes, and changes nothing without a yes', async () => {
      await imported('nurse,4b,ana,,', 'nurse,4b,bert,,');
      const next = ['nurse,4b,ana,,', 'nurse,4b,eve,,'];
      const dry = await csv(next, '--dry-run');
      assert.equal(dry.code, 0);
      assert.match(dry.out, /^- +nurse +4b +bert/m);
      assert.match(dry.out, /^\+ +nurse +4b +eve/m);
      assert.match(dry.out, /1 go, 1 come\./);
      assert.doesNotMatch(dry.out, /ana/);
      const nobody = await csv(next);
      assert.equal(nobody.code, 1);
      assert.match(nobody.err, /no terminal to ask on/);
      const source = file([HEADING, ...next].join('\n'));
      const no = await roster(['import', source, '--from', 'csv'], 'no');
      assert.equal(no.code, 1);
      assert.deepEqual(shifts(kept()).length, 2);
      assert.ok(shifts(kept())[1]?.includes('bert'), 'as it was');
      const yes = await roster(['import', source, '--from', 'csv'], 'yes');
      assert.equal(yes.code, 0, yes.err);
      assert.ok(shifts(kept())[1]?.includes('eve'));
      assert.match((await csv(next)).out, /^Nothing changes/);
      assert.deepEqual(
        readdirSync(environmentFolder(folder, 'staging')).filter((name) => name.includes('.new')),
        [],
      );
    });

    it('names people as accounts are named, and says which of them have none', async () => {
      await imported('nurse,4b,bert,,');
      const { people, close } = openPeople(folder);
      try {
        await people.create('cli:root', { username: 'ana.silva', displayName: 'Ana', roles: ['coordinator'] });
      } finally {
        close();
      }
      const { out } = await csv(['nurse,4b,Ana.Silva,,', 'nurse,4b,Zoe,,'], '--yes');
      assert.deepEqual(kept().covering('nurse', '4b', NOW), ['ana.silva', 'zoe']);
      assert.match(out, /No account has these user names: zoe\.\n$/);
    });

    it('is in the audit trail, when something changed', async () => {
      await imported('nurse,4b,ana,,');
      await csv(['nurse,4b,ana,,'], '--yes');
      await csv(['nurse,4b,bert,,'], '--dry-run');
      const { audit, close } = openAuditTrail(folder);
      try {
        const records = audit.list({ order: 'oldest-first' }).filter(({ type }) => type === 'roster.imported');
        assert.deepEqual(
          records.map(({ actor, details }) => [actor, details['environment'], details['added'], details['removed']]),
          [['cli:root', 'staging', 1, 0]],
        );
      } finally {
        close();
      }
    });

    it('names row and column of what is wrong, and takes nothing of the file', async () => {
      const bad: readonly (readonly [string, RegExp])[] = [
        ['nurse,4b,,,', /row 3, column "person": is empty/],
        [',4b,ana,,', /row 3, column "role": is empty/],
        ['=cmd(),4b,ana,,', /row 3, column "role": takes letters/],
        ['nurse,4b,ana,soon,', /row 3, column "from": takes a time/],
        ['nurse,4b,ana,2026-03-24 07:00,2026-03-24 07:00', /row 3, column "to": is not after "from"/],
        ['nurse,4b,ana,2026-03-29 02:30,', /row 3, column "from": is a time that is not there in Europe\/Berlin/],
        ['nurse,4b,ana,,,more', /row 3: it has more cells/],
        ['"nurse,4b,ana,,', /row 3: Quoted field/],
      ];
      for (const [row, expected] of bad) {
        const { code, err } = await csv(['nurse,4b,ana,,', row], '--yes');
        assert.equal(code, 1, row);
        assert.match(err, expected);
      }
      for (const [heading, expected] of [
        ['role,unit', /row 1: the column "person" is missing/],
        ['role,person,untill', /row 1: the column "untill" is none of/],
        ['role,person,role', /row 1: the column "role" is there twice/],
      ] as const) {
        const source = file(`${heading}\nnurse,ana,\n`);
        assert.match((await roster(['import', source, '--from', 'csv', '--yes'])).err, expected);
      }
      assert.match((await csv([], '--yes')).err, /no row with a shift/);
      assert.match((await roster(['import', join(folder, 'none'), '--from', 'csv'])).err, /there is no such file/);
      assert.throws(kept, 'nothing was written');
    });

    it('refuses options that make no sense', async () => {
      const source = file(`${HEADING}\nnurse,4b,ana,,\n`);
      for (const [args, option] of [
        [['--zone', 'Mars/Base'], '--zone'],
        [['--days', '0'], '--days'],
        [['--runtime', '../x'], '--runtime'],
      ] as const) {
        const { code, err } = await roster(['import', source, '--from', 'csv', '--yes', ...args]);
        assert.equal(code, 1);
        assert.ok(err.includes(option), err);
      }
    });

    it('leaves a broken roster to whoever can mend it', async () => {
      await imported('nurse,4b,ana,,');
      writeFileSync(place(), '{');
      const { code, err } = await csv(['nurse,4b,bert,,'], '--yes');
      assert.equal(code, 1);
      assert.match(err, /cannot be used: it is not JSON/);
    });
  });

  describe('import --from fhir', () => {
    const role = (over: object): object => ({
      resource: {
        resourceType: 'PractitionerRole',
        practitioner: { reference: 'Practitioner/17' },
        code: [{ coding: [{ system: 'urn:roles', code: 'nurse' }] }],
        location: [{ reference: 'Location/w4' }],
        ...over,
      },
    });
    const OTHERS = [
      {
        resource: {
          resourceType: 'Practitioner',
          id: '17',
          name: [{ family: 'Example' }],
          identifier: [
            { system: 'urn:licence', value: 'L-1' },
            { system: 'urn:users', value: 'ana' },
          ],
        },
      },
      { resource: { resourceType: 'Location', id: 'w4', name: '4b' } },
    ];
    const fhir = (roles: readonly object[], ...more: string[]): Promise<Ended> => {
      const bundle = { resourceType: 'Bundle', type: 'collection', entry: [...OTHERS, ...roles] };
      const source = file(JSON.stringify(bundle), 'roles.json');
      const zone = ['--zone', 'Europe/Berlin', '--system', 'urn:users'];
      return roster(['import', source, '--from', 'fhir', '--yes', ...zone, ...more]);
    };
    const shiftsOf = async (over: object, ...more: string[]): Promise<readonly string[]> => {
      const { code, err } = await fhir([role(over)], ...more);
      assert.equal(code, 0, err);
      return shifts(kept());
    };

    it('finds user name, role and unit by their references', async () => {
      assert.deepEqual(await shiftsOf({}), ['nurse 4b ana  ']);
      const own = { practitioner: { identifier: { system: 'urn:users', value: 'bert' } }, location: undefined };
      assert.deepEqual(await shiftsOf({ ...own, code: [{ text: 'porter' }, { text: 'driver' }] }), [
        'porter * bert  ',
        'driver * bert  ',
      ]);
      assert.deepEqual(await shiftsOf({ location: [{ identifier: { value: '5a' } }, { display: '6c' }] }), [
        'nurse 5a ana  ',
        'nurse 6c ana  ',
      ]);
    });

    it('writes weekly times out for the coming days, over the night and over the change of the clock', async () => {
      const night = [{ daysOfWeek: ['sat'], availableStartTime: '22:00:00', availableEndTime: '06:00:00' }];
      assert.deepEqual(
        await shiftsOf({ availableTime: night }, '--days', '7'),
        ['nurse 4b ana 03-28T21:00 03-29T04:00'],
        'an hour shorter: the clock is put forward',
      );
      const whole = [{ daysOfWeek: ['mon', 'tue'], allDay: true }];
      assert.deepEqual(await shiftsOf({ availableTime: whole }, '--days', '7'), [
        'nurse 4b ana 03-22T23:00 03-24T23:00',
      ]);
      const daily = [{ availableStartTime: '07:00:00', availableEndTime: '15:00:00' }];
      assert.equal((await shiftsOf({ availableTime: daily }, '--days', '3')).length, 3);
    });

    it('keeps to the period and takes out what is not available', async () => {
      const period = { start: '2026-03-24', end: '2026-03-26' };
      assert.deepEqual(await shiftsOf({ period }), ['nurse 4b ana 03-23T23:00 03-26T23:00']);
      const away = [{ description: 'away', during: { start: '2026-03-25T12:00:00Z', end: '2026-03-25T13:00:00Z' } }];
      assert.deepEqual(await shiftsOf({ period, notAvailable: away }), [
        'nurse 4b ana 03-23T23:00 03-25T12:00',
        'nurse 4b ana 03-25T13:00 03-26T23:00',
      ]);
      const ever = [{ description: 'gone', during: { start: '2026-03-24' } }];
      assert.deepEqual(await shiftsOf({ notAvailable: ever }), ['nurse 4b ana  03-23T23:00']);
    });

    it('leaves out who is not active and what is over', async () => {
      const left = role({ active: false });
      const over = role({ period: { end: '2026-03-01' } });
      await fhir([left, over, role({})]);
      assert.deepEqual(shifts(kept()), ['nurse 4b ana  ']);
      assert.match((await fhir([left])).err, /no PractitionerRole that is in force/);
    });

    it('names the entry and the element of what is wrong', async () => {
      const bad: readonly (readonly [object, RegExp])[] = [
        [{ practitioner: { reference: 'Practitioner/99' } }, /entry\[2\]\.practitioner: names nobody/],
        [{ code: [] }, /entry\[2\]\.code: is missing/],
        [{ code: [{ text: '<b>' }] }, /entry\[2\]\.code\[0\]: takes letters/],
        [{ period: { start: 'soon' } }, /entry\[2\]\.period: takes a time/],
        [{ availableTime: [{ availableStartTime: '25:00' }] }, /entry\[2\]\.resource\.availableTime\[0\]/],
      ];
      for (const [over, expected] of bad) {
        const { code, err } = await fhir([role(over)]);
        assert.equal(code, 1);
        assert.match(err, expected);
      }
      for (const text of ['{', '[]', '{"resourceType":"Patient"}', '{"resourceType":"Bundle"}'])
        assert.equal((await roster(['import', file(text), '--from', 'fhir', '--yes'])).code, 1, text);
    });
  });

  it('show says who is on, now and at another time', async () => {
    assert.match((await roster(['show'])).out, /has no roster/);
    await imported('nurse,4b,ana,2026-03-23,2026-03-23', 'nurse,4b,bert,2026-03-24,', 'coordinator,,carla,,');
    const now = await roster(['show']);
    assert.match(now.out, /nurse +4b +ana/);
    assert.match(now.out, /coordinator +all units +carla/);
    assert.doesNotMatch(now.out, /bert/);
    const later = await roster(['show', '--at', '2026-03-25T00:00:00Z', '--json']);
    const { entries } = JSON.parse(later.out) as { entries: { person: string }[] };
    assert.deepEqual(
      entries.map(({ person }) => person),
      ['bert', 'carla'],
    );
    assert.equal((await roster(['show', '--at', 'soon'])).code, 1);
  });

  it('is compared with the roles that flows give tasks to, in nodes and in checklists', () => {
    const node = (over: object): FlowNode => ({
      id: 'n',
      type: 'task create',
      roleKind: 'str',
      role: 'nurse',
      ...over,
    });
    const item = { id: 'i', text: 'Bed', role: 'porter', dueMs: null, after: [], compensate: null };
    const owner = { name: 'o', contact: 'c' };
    const checklist = { name: 'beds', title: null, version: 'v', owner, items: [item, { ...item, role: null }] };
    const flow = [
      node({}),
      node({ type: 'approval', role: ' pharmacist ' }),
      node({ role: 'event.role', roleKind: 'jsonata' }),
      node({
        role: 'decision.outputs.action = "review" ? decision.outputs.queue : "charge nurse"',
        roleKind: 'jsonata',
      }),
      node({ role: 'disabled', d: true }),
      node({ role: '' }),
      node({ type: 'debug', role: 'debugger' }),
    ];
    const table = {
      outputs: [{ name: 'action' }, { name: 'queue' }],
      rows: [{ then: ['review', 'laboratory'] }, { then: ['page', null] }],
      otherwise: ['review', 'duty desk'],
    };
    const files = { 'rules/results.json': JSON.stringify(table), 'rules/broken.json': '{' };
    const wanted = rolesWanted([{ name: 'admission', flow, files, checklists: new Map([['beds', checklist]]) }]);
    const roles = ['charge nurse', 'duty desk', 'laboratory', 'nurse', 'pharmacist', 'porter'];
    assert.deepEqual([...wanted.keys()].toSorted(), roles);
    const entry = { role: 'nurse', unit: null, person: 'ana', from: null, to: null };
    const over = { ...entry, role: 'porter', to: NOW };
    const about = { environment: 'staging', accounts: null, now: NOW, wanted };
    assert.deepEqual(
      rosterFindings({ ...about, roster: createRoster([entry, over]) }).map(({ text }) => text),
      [...wanted.keys()]
        .filter((role) => role !== 'nurse')
        .map((role) => `nobody covers the role "${role}" of admission`),
    );
  });

  it('covers in the demo all that the shipped flows give tasks to', async () => {
    const { all } = await loadDefinitions(join(packageRoot(), 'flows'));
    const wanted = rolesWanted(all);
    assert.ok(wanted.size > 5, 'their roles are found');
    const demo = parseRoster(readFileSync(join(packageRoot(), 'demo/roster.json'), 'utf8'));
    assert.ok(typeof demo !== 'string', 'it can be read');
    const findings = rosterFindings({ environment: 'staging', roster: demo, accounts: null, wanted, now: NOW });
    assert.deepEqual(
      findings.filter(({ level }) => level === 'warning').map(({ text }) => text),
      [],
    );
  });

  it('check and doctor say who has no account, which role nobody covers, and when nobody is on', async () => {
    await imported('nurse,4b,ana,,2026-03-23 12:00', 'nurse,4b,ana,2026-03-23 15:00,', 'coordinator,,zoe,,');
    const { people, close } = openPeople(folder);
    try {
      await people.create('cli:root', { username: 'ana', displayName: 'Ana', roles: ['coordinator'] });
    } finally {
      close();
    }
    const { code, out } = await roster(['check', '--json']);
    assert.equal(code, 1);
    const texts = (JSON.parse(out) as { findings: { text: string }[] }).findings.map(({ text }) => text);
    assert.ok(texts.includes('zoe has no account'));
    assert.ok(!texts.some((text) => text.startsWith('ana ')));
    assert.ok(
      texts.includes('nobody covers "nurse" in 4b from 2026-03-23T11:00:00.000Z until 2026-03-23T14:00:00.000Z'),
      texts.join('\n'),
    );
    const findings = await checkRosters(readConfig({ WARDFLOW_DATA: folder }), NOW);
    assert.deepEqual(
      findings.map(({ text }) => text),
      texts,
    );
    assert.ok(findings.every(({ level, remedy }) => level === 'warning' && remedy !== undefined));
    rmSync(place());
    assert.deepEqual(await checkRosters(readConfig({ WARDFLOW_DATA: folder }), NOW), []);
    assert.match((await roster(['check'])).err, /has no roster/);
  });
});
