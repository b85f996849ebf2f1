import assert from 'node:assert/strict';
import { critical, criticalFile, discharge, linesOf, told } from './describe.ts';
import type { DefinitionFiles } from '../../../governance/diff/index.ts';
import { editedJson, type Edited, type EditedJson } from './shipped.ts';

const LADDER = 'ladders/critical-result.json';

const steps = (ladder: Edited): Edited[] => ladder['steps'] as Edited[];

describe('a changed ladder', () => {
  it('tells a step that comes later or sooner in one line', () => {
    assert.deepEqual(
      criticalFile(LADDER, (ladder) => Object.assign(steps(ladder)[1] ?? {}, { after: 'PT20M' })),
      ['timer loosens Escalation critical-result: second step after 10 min -> 20 min (ward doctor): later'],
    );
    assert.deepEqual(
      criticalFile(LADDER, (ladder) => Object.assign(steps(ladder)[3] ?? {}, { after: 'PT1H30M' })),
      [
        'timer loosens Escalation critical-result: fourth step after 30 min -> 1 h 30 min (clinical site manager): later',
      ],
    );
    assert.deepEqual(
      criticalFile(LADDER, (ladder) => Object.assign(steps(ladder)[1] ?? {}, { after: 'PT0S' })),
      ['timer tightens Escalation critical-result: second step: after 10 min -> at once (ward doctor): sooner'],
    );
  });

  it('tells who is told instead', () => {
    assert.deepEqual(
      criticalFile(LADDER, (ladder) => {
        Object.assign(steps(ladder)[1] ?? {}, { to: { person: 'on-call-1' } });
        Object.assign(steps(ladder)[2] ?? {}, { to: { roster: 'medicine' }, channel: 'pager', text: 'Answer it.' });
        ladder['exhausted'] = 'fallback';
      }),
      [
        'recipient - Escalation critical-result: second step goes to ward doctor -> the person on-call-1',
        'recipient - Escalation critical-result: third step goes to doctor on call -> roster medicine',
        'recipient - Escalation critical-result: third step: channel console -> pager',
        'recipient - Escalation critical-result: exhausted keep-last -> fallback',
        'text - Escalation critical-result: third step: text A critical result has had no answer for 20 minutes. Open the task. -> Answer it.',
      ],
    );
  });

  it('tells when its times count, and what is said again', () => {
    const hours = [{ days: [1, 5], from: '08:00', to: '17:00' }];
    assert.deepEqual(
      criticalFile(LADDER, (ladder) => {
        ladder['clock'] = { zone: 'Europe/Berlin', hours, holidays: ['2026-12-25', '2026-12-26'] };
        Object.assign(steps(ladder)[0] ?? {}, { repeat: 'PT2M' });
      }),
      [
        'timer loosens Escalation critical-result: its times count only Mon Fri 08:00 to 17:00 but on 2 holidays (Europe/Berlin): later',
        'timer tightens Escalation critical-result: first step: said once -> said again every 2 min',
      ],
    );
  });

  it('tells steps that came and went', () => {
    assert.deepEqual(
      criticalFile(LADDER, (ladder) => steps(ladder).splice(2, 1)),
      [
        'recipient loosens Escalation critical-result: no third step any more: after 20 min to doctor on call: one fewer is told',
      ],
    );
    assert.deepEqual(
      criticalFile(LADDER, (ladder) =>
        steps(ladder).splice(1, 0, { after: 'PT5M', to: { role: 'matron' }, channel: 'console', text: 'Answer.' }),
      ),
      ['recipient tightens Escalation critical-result: new second step: after 5 min to matron: one more is told'],
    );
  });
});

describe('a changed alert policy', () => {
  const tier = { name: 'page', when: 'true', to: { role: 'ward doctor' }, channels: ['pager', 'console'] };
  const policy = (change: object): Record<string, string> => ({
    'alerts/pages.json': JSON.stringify({ kind: 'alert-policy', name: 'pages', tiers: [tier], ...change }),
  });
  const changed = (before: object, after: object): readonly string[] => told(linesOf(policy(before), policy(after)));

  it('tells whom it reaches no longer, and by what', () => {
    assert.deepEqual(changed({}, { tiers: [{ ...tier, channels: ['console'] }] }), [
      'recipient loosens Alerts pages: tier page by pager, then console -> console: fewer ways to reach somebody',
    ]);
    assert.deepEqual(changed({}, { tiers: [{ ...tier, channels: ['pager', 'mail', 'console'] }] }), [
      'recipient tightens Alerts pages: tier page by pager, then console -> pager, then mail, then console: more ways to reach somebody',
    ]);
    assert.deepEqual(changed({ tiers: [tier, { ...tier, name: 'mail', to: { person: 'ana' } }] }, {}), [
      'rule loosens Alerts pages: no tier mail any more, to the person ana: one fewer is told',
    ]);
    assert.deepEqual(changed({}, { tiers: [{ ...tier, to: { roster: 'night' }, content: 'minimum' }] }), [
      'recipient - Alerts pages: tier page goes to ward doctor -> roster night',
      'destination - Alerts pages: tier page: what leaves Wardflow none -> minimum: more data may leave',
    ]);
  });

  it('tells what is held back, and for how long', () => {
    const rule = { when: 'false', reason: 'Mending', until: '2026-06-01' };
    const held = 'loosens Alerts pages: held back';
    assert.deepEqual(changed({}, { suppress: [rule] }), [
      `rule ${held} until 2026-06-01: Mending: nobody is told of it`,
    ]);
    assert.deepEqual(changed({ suppress: [rule] }, { suppress: [{ ...rule, until: '2026-07-01' }] }), [
      `timer ${held} (Mending) until 2026-06-01 -> 2026-07-01: nobody is told for longer`,
    ]);
    assert.deepEqual(changed({ suppress: [rule] }, {}), [
      'rule tightens Alerts pages: no longer held back: Mending: told again',
    ]);
    assert.deepEqual(changed({ coolDown: 'PT1H' }, { coolDown: 'PT5M' }), [
      'timer tightens Alerts pages: cool down 1 h -> 5 min: sooner',
    ]);
  });
});

describe('a changed checklist', () => {
  const list = (...items: readonly object[]): object => ({
    'checklists/bed.json': JSON.stringify({ kind: 'checklist', name: 'bed', items }),
  });
  const clean = { id: 'clean', text: 'Bed cleaned', role: 'cleaner', due: 'PT1H', compensate: 'Call the cleaner off' };
  const ready = { id: 'ready', text: 'Bed ready', after: ['clean'] };
  const change = (before: object, after: object): readonly string[] =>
    told(linesOf(before as DefinitionFiles, after as DefinitionFiles));

  it('tells parts that came and went, whatever their order', () => {
    assert.deepEqual(change(list(clean, ready), list(ready)), [
      'recipient loosens Checklist bed: no part clean any more: Bed cleaned (cleaner): one fewer has to be done',
    ]);
    assert.deepEqual(change(list(ready), list(clean, ready)), [
      'recipient tightens Checklist bed: new part clean: Bed cleaned (cleaner): one more has to be done',
    ]);
    assert.deepEqual(change(list(clean, ready), list(ready, clean)), [
      'text - Checklist bed: its parts are listed in another order',
    ]);
  });

  it('tells what is due later, done before, or owed no more', () => {
    const { compensate, ...rest } = clean;
    assert.ok(compensate);
    assert.deepEqual(change(list(clean, ready), list({ ...rest, due: 'PT2H' }, { id: 'ready', text: 'Bed ready' })), [
      'rule loosens Checklist bed: part clean: owed after a cancel Call the cleaner off -> nothing: nothing is owed after a cancel',
      'rule loosens Checklist bed: part ready comes after clean -> nothing: it may be done before',
      'timer loosens Checklist bed: part clean is due within 1 h -> within 2 h: later',
    ]);
  });
});

describe('a changed intent', () => {
  it('is told field by field, a lower risk first', () => {
    const lines = criticalFile('intent.json', (intent) => {
      intent['risk'] = 'high';
      Object.assign(intent['fallback'] as Edited, { queue: 'ward' });
      Object.assign(intent['owner'] as Edited, { name: 'Somebody else' });
      ((intent['sends'] as Edited)['ehr'] as { Task: EditedJson[] }).Task.push('note');
      (intent['endpoints'] as EditedJson[]).push('archive');
      (intent['feeds'] as EditedJson[]).pop();
    });
    assert.deepEqual(lines, [
      'setting loosens Intent: risk critical -> high: fewer have to approve it',
      'recipient - Intent: fallback, queue laboratory duty desk -> ward',
      'cohort - Intent: feeds removed: hospital',
      'destination - Intent: endpoints added: archive',
      'destination - Intent: sends, ehr, task added: note: more data may leave',
      'text - Intent: owner, name Laboratory safety committee -> Somebody else',
    ]);
  });

  it('says that a higher risk needs more approvals, and that less leaves', () => {
    const lines = criticalFile('intent.json', (intent) => {
      delete (intent['sends'] as { ehr: Edited }).ehr['Communication'];
    });
    assert.match(lines[0] ?? '', /^destination - Intent: sends, ehr, communication removed: .*: less data may leave$/);
    const before = { 'intent.json': '{"kind":"intent","risk":"low"}' };
    assert.deepEqual(told(linesOf(before, { 'intent.json': '{"kind":"intent","risk":"high"}' })), [
      'setting - Intent: risk low -> high: more have to approve it',
    ]);
  });
});

describe('the other files', () => {
  const change = (path: string, before: unknown, after: unknown): readonly string[] =>
    told(linesOf({ [path]: JSON.stringify(before) }, { [path]: JSON.stringify(after) }));

  it('are told by what they are', () => {
    const map = (to: string): unknown => ({
      kind: 'map',
      name: 'wards',
      rows: [{ from: 'A', to, display: 'Ward A', relation: 'equivalent' }],
    });
    assert.deepEqual(change('maps/wards.json', map('1'), map('2')), [
      'code - Code map wards: A becomes 1 Ward A -> 2 Ward A',
    ]);
    const alerts = (coolDown: string): unknown => ({ kind: 'alert-policy', name: 'ehr-down', coolDown });
    assert.deepEqual(change('alerts/ehr-down.json', alerts('PT5M'), alerts('PT1H')), [
      'timer loosens Alerts ehr-down: cool down 5 min -> 1 h: later',
    ]);
    const items = (role: string): unknown => ({ kind: 'checklist', name: 'home', items: [{ id: 'letter', role }] });
    assert.deepEqual(change('checklists/home.json', items('nurse'), items('doctor')), [
      'recipient - Checklist home: part letter: role nurse -> doctor',
    ]);
    const scenario = (at: string): unknown => ({ kind: 'scenario', name: 'resend', steps: [{ at, advance: 'PT1M' }] });
    assert.deepEqual(change('scenarios/resend.json', scenario('PT0S'), scenario('PT5S')), [
      'text - Scenario resend: steps, first, at at once -> 5 s',
    ]);
    const mapping = (from: string): unknown => ({
      kind: 'mapping',
      name: 'adt',
      resources: [{ id: 'p', set: { id: { from } } }],
    });
    assert.deepEqual(change('mappings/adt.json', mapping('PID-3'), mapping('PID-2')), [
      'code - Mapping adt: p.id comes from PID-3 -> PID-2',
    ]);
    const policy = (count: number): unknown => ({ approvals: { high: [{ role: 'engineer', count }] } });
    assert.deepEqual(change('policy.json', policy(2), policy(1)), [
      'setting - Approval policy: approvals, high, first, count 2 -> 1',
    ]);
    assert.deepEqual(change('other.json', [1, { a: null }], [2, { a: true }]), [
      'setting - other.json: 1 -> 2',
      'setting - other.json: second, a nothing -> yes',
    ]);
  });

  it('are told as lines where they are text', () => {
    const after = {
      ...discharge,
      'README.md': `${discharge['README.md'] ?? ''}\nOne more line.\n`,
      'samples/died.hl7': 'MSH|^~\\&|\r',
    };
    assert.deepEqual(told(linesOf(discharge, after)), [
      'text - README.md changed: 2 lines',
      'text - Sample samples/died.hl7 changed: 1 line',
    ]);
  });

  it('are told when they come, go or become something else', () => {
    const {
      'ladders/result-review.json': ladder,
      'README.md': readme,
      'samples/normal.hl7': sample,
      ...rest
    } = critical;
    assert.ok(ladder && readme && sample);
    assert.deepEqual(told(linesOf(critical, rest)), [
      'recipient loosens Escalation result-review removed',
      'text - Text README.md removed',
      'text - Sample samples/normal.hl7 removed',
    ]);
    assert.deepEqual(told(linesOf(rest, critical)).toSorted()[0], 'recipient - Escalation result-review added');
    assert.deepEqual(told(linesOf(critical, { ...critical, 'flow.json': '{}', 'rules/critical-results.json': 'no' })), [
      'setting - File flow.json is of another kind now',
      'setting - File rules/critical-results.json is of another kind now',
    ]);
    const added = told(linesOf({}, discharge)).filter((one) => !/ (?:Mapping|Code map) /.test(one));
    assert.deepEqual(added.slice(0, 7), [
      'rule - Rule table follow-up-queues added',
      'recipient - Checklist letter added',
      'recipient - Checklist telephone added',
      'recipient - Escalation follow-up-routine added',
      'recipient - Escalation follow-up-urgent added',
      'wiring - Flow _shared/flow.json added',
      'wiring - Flow flow.json added',
    ]);
  });
});

describe('a changed time of a role', () => {
  const due = (...dueByRole: readonly object[]): DefinitionFiles =>
    editedJson(critical, 'intent.json', (intent) => void Object.assign(intent, { dueByRole }));

  it('is told with the role, and whether it is later or sooner', () => {
    const before = due({ role: 'charge nurse', due: 'PT15M' }, { role: 'ward doctor', priority: 'stat', due: 'PT1H' });
    const after = due({ role: 'ward doctor', priority: 'stat', due: 'PT30M' }, { role: 'charge nurse', due: 'PT30M' });
    assert.deepEqual(told(linesOf(before, after)), [
      'timer loosens Intent: tasks of charge nurse (any priority) are due after 15 min -> 30 min: later',
      'timer tightens Intent: tasks of ward doctor (stat) are due after 1 h -> 30 min: sooner',
    ]);
  });

  it('is told where it comes or goes, and not where it only stands elsewhere', () => {
    const one = { role: 'charge nurse', due: 'PT15M' };
    const other = { role: 'ward doctor', due: 'PT1H' };
    assert.deepEqual(told(linesOf(due(one, other), due(other))), [
      'timer loosens Intent: tasks of charge nurse (any priority) are no longer due after 15 min',
    ]);
    assert.deepEqual(told(linesOf(due(one), due(one, other))), [
      'timer tightens Intent: tasks of ward doctor (any priority) are due after 1 h',
    ]);
    assert.deepEqual(told(linesOf(due(one, other), due(other, one))), []);
  });
});
