/** For each code of a finding: a definition that has it, and the nearest that has not. */
import type { CheckCode } from '../../governance/checks/errors.ts';
import type { BoundNames } from '../../governance/checks/subject.ts';
import { alertPolicy, ladder, on, type Change } from '../kit/checked-definition.ts';
import { labelled, linkLoop, loop, nested, subflow } from './checks-cases-shapes.ts';
import { withTable } from './checks-cases-tables.ts';

const switchTo = (rules: readonly object[], ...to: readonly (readonly string[])[]): Change => ({
  first: 'sw',
  nodes: [on('sw', 'switch', { property: 'x', rules, outputs: rules.length }, ...to)],
});
export const through = (type: string, settings: Record<string, unknown> = {}): Change => ({
  first: 'n',
  nodes: [on('n', type, settings, ['done'])],
});
const clearing = (when: string): object => ({ do: 'clear', path: 'PID-8', value: '', kind: 'str', when });
const building = (id: string, to: string): Record<string, unknown> =>
  on(id, 'hl7 build', { message: 'summary', messageType: 'ADT^A31' }, [to]);
const reader = { name: 'Get', method: 'GET', ret: 'txt', url: '${EHR}', outputs: 1 };
const timer = (
  settings: Record<string, unknown> = {},
  ...to: readonly (readonly string[])[]
): Record<string, unknown> =>
  on(
    'timer',
    'escalation timer',
    { mode: 'start', escalation: 'call', ladder: 'call', title: 'Call', ...settings },
    ...to,
  );
const enhanced = { id: 'enhanced', type: 'wardflow-feed', name: 'asks', acknowledgement: 'enhanced' };
/** A second way in, from a feed in enhanced mode. */
const asking = (first: string, ...nodes: readonly Record<string, unknown>[]): Change => ({
  nodes: [enhanced, on('in-2', 'hl7 in', { subscription: 'asking', feed: 'enhanced' }, [first]), ...nodes],
  intent: { feeds: ['hospital', 'asks'] },
});
const wait = (name: string): Change => ({
  first: 'w',
  nodes: [on('w', 'delay until', { name, wait: 'later', mode: 'for', time: 'PT4H' }, ['done'])],
});

const TIER = { name: 'page', when: 'true', to: { role: 'doctor' }, channels: ['pager', 'console'] };
const BOUND_ALL: BoundNames = { environment: 'production', feeds: ['hospital'], endpoints: { ehr: 'fhir' } };
const silenced = (until: string): ReturnType<typeof alertPolicy> =>
  alertPolicy({ suppress: [{ when: 'false', reason: 'The analyser is mended.', until }] });

/** Code, what is wrong, the definition that has it, the one that has not. */
const OWNED = { format: 1, name: 'own', owner: { name: 'Us', contact: 'us@example.org' } };
const MAP = JSON.stringify({
  kind: 'map',
  ...OWNED,
  source: 'theirs',
  target: 'urn:ours',
  rows: [{ from: 'A', to: 'a', relation: 'equivalent' }],
  unmapped: 'report',
});
const mappingWith = (how: object): string =>
  JSON.stringify({
    kind: 'mapping',
    ...OWNED,
    source: ['ADT^A99'],
    resources: [{ id: 'patient', type: 'Patient', set: { gender: { from: 'PID-8', as: 'code', ...how } } }],
  });

export const CASES: readonly (readonly [CheckCode, string, Change, Change])[] = [
  ['definition-unsound', 'an unknown key', { intent: { riks: 'low' } }, {}],
  [
    'credentials-in-file',
    'credentials on a node',
    through('change', { credentials: { user: 'a' } }),
    through('change'),
  ],
  [
    'credentials-in-file',
    'a bearer token in an expression',
    through('change', { rules: [{ t: 'set', to: '"Bearer abcdefghijklmnop123"' }] }),
    through('change', { rules: [{ t: 'set', to: '"Bearer of news"' }] }),
  ],
  [
    'address-in-file',
    'a URL',
    through('http request', { ...reader, url: 'https://ehr.example.org/fhir' }),
    through('http request', reader),
  ],
  [
    'address-in-file',
    'a URL in an expression that names no identifier system',
    through('change', { rules: [{ t: 'set', to: '"http://10.0.0.1/x"', tot: 'jsonata' }] }),
    through('change', {
      rules: [{ t: 'set', to: '{ "system": "http://loinc.org", "url": "http://example.org/fhir/x" }' }],
    }),
  ],
  [
    'address-in-file',
    'an IP address',
    through('change', { to: '192.168.7.20' }),
    through('change', { to: '2.16.840.1.113883' }),
  ],
  [
    'address-in-file',
    'an IPv6 address',
    through('change', { to: 'fe80::1ff:fe23:4567:890a' }),
    through('change', { to: '12:30:45' }),
  ],
  [
    'address-in-file',
    'a host and a port',
    through('change', { to: 'ehr.example.org:8443' }),
    through('change', { to: 'event.data.value' }),
  ],
  [
    'address-in-file',
    'a port',
    through('tcp request', { server: '', port: '6661' }),
    through('tcp request', { server: '', port: '' }),
  ],
  [
    'address-in-file',
    'a host in a rule table',
    withTable({ reason: 'As http://intranet.example.org says.' }),
    withTable(),
  ],
  [
    'path-not-settled',
    'an output wired to nothing',
    switchTo([{ t: 'eq', v: 'a' }, { t: 'else' }], ['done'], []),
    switchTo([{ t: 'eq', v: 'a' }, { t: 'else' }], ['done'], ['done']),
  ],
  [
    'path-not-settled',
    'an output that only a debug node hears',
    { first: 'c', nodes: [on('c', 'change', {}, ['dbg']), on('dbg', 'debug')] },
    { first: 'c', nodes: [on('c', 'change', {}, ['dbg', 'done']), on('dbg', 'debug')] },
  ],
  [
    'path-not-settled',
    'a link that leads nowhere',
    { first: 'lo', nodes: [on('lo', 'link out', { mode: 'link', links: ['li'] }), on('li', 'link in', {}, [])] },
    { first: 'lo', nodes: [on('lo', 'link out', { mode: 'link', links: ['li'] }), on('li', 'link in', {}, ['done'])] },
  ],
  [
    'path-not-settled',
    'a subroutine whose caller goes nowhere',
    {
      first: 'lc',
      nodes: [
        on('lc', 'link call', { links: ['li'] }, []),
        on('li', 'link in', {}, ['lr']),
        on('lr', 'link out', { mode: 'return' }),
      ],
    },
    {
      first: 'lc',
      nodes: [
        on('lc', 'link call', { links: ['li'] }, ['done']),
        on('li', 'link in', {}, ['lr']),
        on('lr', 'link out', { mode: 'return' }),
      ],
    },
  ],
  ['path-not-settled', 'a subflow that does not come out', subflow([]), subflow(['done'])],
  ['path-not-settled', 'a third output of the gate', gate(['done'], ['done']), gate(['done'], ['done'], ['done'])],
  [
    'path-not-settled',
    'a due step of a ladder that nobody takes',
    { first: 'timer', nodes: [timer({}, ['done'], [], ['done'])], ladders: [ladder('Go.')] },
    { first: 'timer', nodes: [timer({}, ['done'], ['done'], ['done'])], ladders: [ladder('Go.')] },
  ],
  [
    'path-not-settled',
    'a catch that leads nowhere',
    { nodes: [on('c2', 'catch', { scope: ['in'] }, [])] },
    { nodes: [on('c2', 'catch', { scope: ['in'] }, ['failed'])] },
  ],
  [
    'answer-without-place',
    'an answer to senders of a feed in original mode',
    { first: 'ack', nodes: [on('ack', 'hl7 ack', {}, ['done'])] },
    asking('ack', on('ack', 'hl7 ack', {}, ['done'])),
  ],
  [
    'path-not-answered',
    'a branch that ends without an answer',
    asking('c', on('c', 'change', {}, ['ack', 'done']), on('ack', 'hl7 ack', {}, ['done'])),
    asking('c', on('c', 'change', {}, ['ack', 'failed']), on('ack', 'hl7 ack', {}, ['done'])),
  ],
  [
    'event-unknown',
    'an event that nobody gives a name to',
    through('event', { routes: ['patient.admited'] }),
    through('event', { routes: ['lab.result.final'] }),
  ],
  [
    'event-not-given',
    'an event that its source does not give',
    through('event', { routes: ['patient.admitted'] }),
    through('event', { routes: ['lab.result.*'] }),
  ],
  [
    'switch-without-otherwise',
    'a switch that may match nothing',
    switchTo(
      [
        { t: 'eq', v: 'a' },
        { t: 'eq', v: 'b' },
      ],
      ['done'],
      ['done'],
    ),
    switchTo([{ t: 'true' }, { t: 'false' }], ['done'], ['done']),
  ],
  ['node-between', 'a trigger', through('trigger', { outputs: 1 }), through('change')],
  ['node-between', 'a manual join', through('join', { mode: 'custom' }), through('join', { mode: 'auto' })],
  [
    'node-between',
    'a delay longer than the lease',
    through('delay', { pauseType: 'delay', timeout: '5', timeoutUnits: 'minutes' }),
    through('delay', { pauseType: 'delay', timeout: '5', timeoutUnits: 'seconds' }),
  ],
  [
    'node-between',
    'a function that sends from a callback',
    through('function', { func: 'setTimeout(() => node.send(msg), 5);', outputs: 1 }),
    through('function', { func: 'setTimeout(() => { node.send(msg); node.done(); }, 5);', outputs: 1 }),
  ],
  ['errors-not-caught', 'no catch node', { caught: false }, {}],
  [
    'errors-not-caught',
    'a catch node for some nodes only',
    { caught: false, nodes: [on('c2', 'catch', { scope: ['in'] }, ['done'])] },
    { caught: false, nodes: [on('c2', 'catch', { scope: null, uncaught: true }, ['done'])] },
  ],
  [
    'expression-invalid',
    'the condition of a step',
    through('hl7 edit', { steps: [clearing('here.value =')] }),
    through('hl7 edit', { steps: [clearing('here.value = "x"')] }),
  ],
  [
    'path-not-settled',
    'unreadable parts of a batch that go nowhere',
    { first: 'n', nodes: [on('n', 'hl7 split', {}, ['done'], [])] },
    { first: 'n', nodes: [on('n', 'hl7 split', {}, ['done'], ['done'])] },
  ],
  [
    'name-shared',
    'two built messages of one name',
    { first: 'a', nodes: [building('a', 'b'), building('b', 'done')] },
    {
      first: 'a',
      nodes: [building('a', 'b'), on('b', 'hl7 build', { message: 'other', messageType: 'ADT^A31' }, ['done'])],
    },
  ],
  [
    'expression-invalid',
    'an expression that does not parse',
    through('change', { rules: [{ t: 'set', to: 'a + (', tot: 'jsonata' }] }),
    through('change', { rules: [{ t: 'set', to: 'a + (', tot: 'str' }] }),
  ],
  [
    'expression-invalid',
    'an expression of a node of ours that does not parse',
    { ...write('ehr'), nodes: [{ ...task('w', 'a', ['done']), resource: '{ "a": ' }] },
    write('ehr'),
  ],
  [
    'fhirpath-invalid',
    'a search value that is no FHIRPath',
    through('fhir read', {
      operation: 'search',
      parameters: [{ name: '_id', value: "id.split('-')", kind: 'fhirpath' }],
    }),
    through('fhir read', { operation: 'search', parameters: [{ name: '_id', value: 'id.first()', kind: 'fhirpath' }] }),
  ],
  ['sends-missing', 'a write of which the intent says nothing', { ...write('ehr'), intent: {} }, write('ehr')],
  [
    'sends-refuses',
    'a write of a type that the intent does not list',
    { ...write('ehr'), intent: { sends: { ehr: { Flag: ['status'] } } } },
    write('ehr'),
  ],
  ['flow-too-large', 'subflows in subflows', nested(17), nested(3)],
  [
    'unbounded-loop',
    'wires that go round',
    loop('change'),
    loop('delay', { pauseType: 'delay', timeout: '1', timeoutUnits: 'seconds' }),
  ],
  ['unbounded-loop', 'a circle through links', linkLoop('a-in'), linkLoop('b-in')],
  ['node-forbidden', 'exec', through('exec'), through('change')],
  ['code-node', 'a function', through('function', { func: 'return msg;', outputs: 1 }), through('change')],
  [
    'code-node',
    'an expression made of text',
    through('change', { rules: [{ to: '$eval(payload)' }] }),
    through('change', { rules: [{ to: '$merge(payload)' }] }),
  ],
  ['unmanaged-effect', 'an HTTP request', through('http request', reader), through('change')],
  ['unmanaged-source', 'MQTT', { nodes: [on('mq', 'mqtt in', { topic: 'a' }, ['done'])] }, {}],
  ['node-unknown', 'a type that is not installed', through('page by pigeon'), through('change')],
  [
    'settings-wrong',
    'a wait without a name',
    { first: 'w', nodes: [on('w', 'delay until', { wait: 'Not A Name' }, ['done'])] },
    wait(''),
  ],
  ['config-node-missing', 'an endpoint that is not there', write('gone'), write('ehr')],
  [
    'reference-missing',
    'a table that is not there',
    { first: 'rule', nodes: [on('rule', 'rule table', { table: 'other' }, ['done'])] },
    withTable(),
  ],
  [
    'queue-without-reader',
    'a queue nobody reads',
    { first: 'q', nodes: [on('q', 'queue out', { queue: 'later' })] },
    {
      first: 'q',
      nodes: [on('q', 'queue out', { queue: 'later' }), on('r', 'queue in', { queue: 'later' }, ['done'])],
    },
  ],
  [
    'escalation-unknown',
    'an answer to nothing',
    { first: 'timer', nodes: [timer({ mode: 'cancel' }, ['done'])] },
    { first: 'timer', nodes: [timer({}, ['done'], ['done'], ['done'])], ladders: [ladder('Go.')] },
  ],
  [
    'name-shared',
    'two effects of one name',
    { first: 'w1', nodes: [task('w1', 'a', ['w2']), task('w2', 'a', ['done'])] },
    { first: 'w1', nodes: [task('w1', 'a', ['w2']), task('w2', 'b', ['done'])] },
  ],
  ['intent-incomplete', 'a feed that is not listed', { intent: { feeds: [] } }, {}],
  [
    'map-unused',
    'a code map that no mapping names',
    { files: { 'maps/own.json': MAP } },
    { files: { 'maps/own.json': MAP, 'mappings/own.json': mappingWith({ with: 'own' }) } },
  ],
  [
    'map-unused',
    'a code map of a way to read that no mapping uses',
    { files: { 'maps/name-use.json': MAP.replace('own', 'name-use') } },
    {
      files: {
        'maps/name-use.json': MAP.replace('own', 'name-use'),
        'mappings/own.json': mappingWith({ as: 'XPN[HumanName]' }),
      },
    },
  ],
  ['intent-unused', 'a feed that is not used', { intent: { feeds: ['hospital', 'other'] } }, {}],
  [
    'name-unbound',
    'a name without binding',
    { request: { bindings: [{ environment: 'production', feeds: [], endpoints: { ehr: 'fhir' } }] } },
    { request: { bindings: [{ environment: 'production', feeds: ['hospital'], endpoints: { ehr: 'fhir' } }] } },
  ],
  [
    'name-unbound',
    'a receiver that is bound as a FHIR server',
    receiving({ request: { bindings: [bound('fhir')] } }),
    receiving({ request: { bindings: [bound('mllp')] } }),
  ],
  [
    'name-shared',
    'a message and a resource under one name of an effect',
    receiving({ first: 'w', nodes: [task('w', 'to-ward', ['s'])] }),
    receiving({ first: 'w', nodes: [task('w', 'other', ['s'])] }),
  ],
  ['runbook-missing', 'no such heading', { intent: { runbook: 'What to do' } }, {}],
  ['runbook-empty', 'nothing below the heading', { readme: '# Test\n\n## Runbook\n\n## More\n\nText\n' }, {}],
  [
    'fallback-trigger-idle',
    'a fallback for an endpoint that it does not use',
    { intent: { fallback: { when: ['endpoint-down:nowhere:PT5M'], mode: 'stop', queue: 'desk', text: 'By hand.' } } },
    { intent: { fallback: { when: ['operator'], mode: 'stop', queue: 'desk', text: 'By hand.' } } },
  ],
  ['fallback-missing', 'no fallback', { intent: { fallback: undefined } }, {}],
  [
    'due-role-idle',
    'a time for a role that is misspelt',
    { ...through('task create', { role: 'nurse' }), intent: { dueByRole: [{ role: 'nrse', due: 'PT1H' }] } },
    { ...through('task create', { role: 'nurse' }), intent: { dueByRole: [{ role: 'nurse', due: 'PT1H' }] } },
  ],
  [
    'review-overdue',
    'a date that has passed',
    { intent: { reviewBy: '2026-05-30' } },
    { intent: { reviewBy: '2026-06-01' } },
  ],
  [
    'suppression-over',
    'a suppression past its day',
    { alerts: [silenced('2026-05-31')] },
    { alerts: [silenced('2026-06-01')] },
  ],
  ['runbook-missing', 'no such heading of an alert policy', { alerts: [alertPolicy({ runbook: 'Storm' })] }, {}],
  [
    'definition-unsound',
    'a tier without a channel',
    { alerts: [alertPolicy({ tiers: [{ ...TIER, channels: [] }] })] },
    { alerts: [alertPolicy({ tiers: [TIER] })] },
  ],
  [
    'name-unbound',
    'a channel without binding',
    { alerts: [alertPolicy({ tiers: [TIER] })], request: { bindings: [BOUND_ALL] } },
    { alerts: [alertPolicy({ tiers: [TIER] })], request: { bindings: [{ ...BOUND_ALL, channels: ['pager'] }] } },
  ],
  [
    'label-contradicts',
    'a switch',
    {
      ...switchTo([{ t: 'gte', v: '5.5', vt: 'num' }, { t: 'else' }], ['done'], ['done']),
      ...labelled('Potassium >= 6.0'),
    },
    {
      ...switchTo([{ t: 'gte', v: '5.5', vt: 'num' }, { t: 'else' }], ['done'], ['done']),
      ...labelled('Potassium >= 5.5'),
    },
  ],
  ['label-contradicts', 'the name of a table', withTable({}, 'Potassium >= 6.0?'), withTable({}, 'Potassium > 5.5?')],
  [
    'label-contradicts',
    'the note of a row',
    withTable({ rows: [{ id: 'high', when: ['> 5.5'], then: ['page'], note: 'above 6' }] }),
    withTable(),
  ],
  ['label-contradicts', 'the name of a wait', wait('Look again in 2 hours'), wait('Look again in 4 hours')],
  [
    'label-contradicts',
    'the text of a step',
    {
      first: 'timer',
      nodes: [timer({}, ['done'], ['done'], ['done'])],
      ladders: [ladder('No answer for 15 minutes.')],
    },
    {
      first: 'timer',
      nodes: [timer({}, ['done'], ['done'], ['done'])],
      ladders: [ladder('No answer for 10 minutes.')],
    },
  ],
  [
    'scenario-unsound',
    'an expectation of nothing',
    { files: { 'scenarios/plain.json': '{ "kind": "scenario" }' } },
    {},
  ],
];

function gate(...to: readonly (readonly string[])[]): Change {
  return { first: 'g', nodes: [on('g', 'idempotency gate', { gate: 'all', keyFrom: 'event' }, ...to)] };
}

function task(id: string, effect: string, to: readonly string[], endpoint = 'ehr'): Record<string, unknown> {
  return on(
    id,
    'fhir write',
    { effect, endpoint, operation: 'create', resourceType: 'Task', resource: '{}', version: '1' },
    to,
  );
}

function write(endpoint: string): Change {
  const intent = { sends: { ehr: { Task: ['status'] } } };
  return { first: 'w', nodes: [task('w', 'a', ['done'], endpoint)], intent };
}

function bound(ward: 'fhir' | 'mllp'): BoundNames {
  return { environment: 'production', feeds: ['hospital'], endpoints: { ehr: 'fhir', ward } };
}

/** Sends what came to the receiver `ward`. */
function receiving(change: Change): Change {
  const nodes = [
    { id: 'ward', type: 'wardflow-hl7-endpoint', name: 'ward' },
    on('s', 'hl7 out', { effect: 'to-ward', endpoint: 'ward' }, ['done']),
    ...(change.nodes ?? []),
  ];
  return { first: 's', ...change, nodes, intent: { endpoints: ['ehr', 'ward'] } };
}
