import assert from 'node:assert/strict';
import type { DefinitionFiles } from '../../../governance/diff/index.ts';
import { critical, criticalTable, linesOf, queueTable, told } from './describe.ts';
import { editedTable, inRow, type EditedTable } from './shipped.ts';

describe('a changed threshold', () => {
  it('is one line with old and new value and what it means', () => {
    const after = editedTable(
      critical,
      'rules/critical-results.json',
      inRow('k-high', (row) => (row.when[2] = '> 6.5')),
    );
    assert.deepEqual(linesOf(critical, after), [
      {
        kind: 'threshold',
        text: 'Critical potassium: pages above 6.2 mmol/L -> above 6.5 mmol/L (row k-high, "hyperkalaemia"): fewer results match',
        place: { file: 'rules/critical-results.json', field: 'value', row: 'k-high' },
        safety: 'loosens',
        before: 'above 6.2 mmol/L',
        after: 'above 6.5 mmol/L',
        meaning: 'fewer results match',
      },
    ]);
  });

  const cases: readonly [string, string, string, string][] = [
    [
      'k-high',
      '> 6',
      'tightens',
      'pages above 6.2 mmol/L -> above 6 mmol/L (row k-high, "hyperkalaemia"): more results match',
    ],
    [
      'k-high',
      '>= 6.2',
      'tightens',
      'pages above 6.2 mmol/L -> 6.2 mmol/L or above (row k-high, "hyperkalaemia"): more results match',
    ],
    [
      'k-low',
      '< 2',
      'loosens',
      'pages below 2.5 mmol/L -> below 2 mmol/L (row k-low, "hypokalaemia"): fewer results match',
    ],
    [
      'k-low',
      '<= 2.5',
      'tightens',
      'pages below 2.5 mmol/L -> 2.5 mmol/L or below (row k-low, "hypokalaemia"): more results match',
    ],
    [
      'k-high',
      '(6.2..9]',
      'loosens',
      'pages above 6.2 mmol/L -> above 6.2 to 9 mmol/L (row k-high, "hyperkalaemia"): fewer results match',
    ],
    [
      'k-high',
      '[7..9)',
      'loosens',
      'pages above 6.2 mmol/L -> 7 to below 9 mmol/L (row k-high, "hyperkalaemia"): fewer results match',
    ],
    [
      'k-high',
      '> 6.2, < 2',
      'tightens',
      'pages above 6.2 mmol/L -> above 6.2 mmol/L or below 2 mmol/L (row k-high, "hyperkalaemia"): more results match',
    ],
    [
      'k-high',
      'not([3..5])',
      'tightens',
      'pages above 6.2 mmol/L -> not 3 to 5 mmol/L (row k-high, "hyperkalaemia"): more results match',
    ],
    ['k-high', '-', 'tightens', 'pages above 6.2 mmol/L -> anything (row k-high, "hyperkalaemia"): more results match'],
    ['k-high', '8', 'loosens', 'pages above 6.2 mmol/L -> 8 mmol/L (row k-high, "hyperkalaemia"): fewer results match'],
    [
      'k-high',
      '< 3',
      '-',
      'pages above 6.2 mmol/L -> below 3 mmol/L (row k-high, "hyperkalaemia"): other results match',
    ],
    [
      'k-high',
      '= $value > 6.5',
      '-',
      'pages above 6.2 mmol/L -> what the expression $value > 6.5 takes (row k-high, "hyperkalaemia")',
    ],
    ['k-high', '>> 6', '-', 'pages above 6.2 mmol/L -> >> 6 (row k-high, "hyperkalaemia")'],
  ];
  for (const [row, cell, safety, text] of cases)
    it(`is told for ${cell}`, () => {
      const lines = criticalTable(inRow(row, (one) => (one.when[2] = cell)));
      assert.deepEqual(lines, [`threshold ${safety} Critical potassium: ${text}`]);
    });

  it('is no change where it is only written differently', () => {
    assert.deepEqual(criticalTable(inRow('k-high', (row) => (row.when[2] = '> 6.20'))), [
      'text - Critical potassium: Value is written differently and means the same, > 6.2 -> > 6.20 (row k-high, "hyperkalaemia")',
    ]);
  });

  it('speaks of a match where the table has no action, and of its title where a row has no label', () => {
    const table = (cell: string): DefinitionFiles => ({
      'rules/critical.json': JSON.stringify({
        kind: 'rule-table',
        title: 'Which results page whom',
        hitPolicy: 'FIRST',
        inputs: [{ name: 'value', label: 'Value', expression: 'event.data.value', type: 'number', unit: 'mmol/L' }],
        outputs: [{ name: 'lane', type: 'string', values: ['stat', 'routine'] }],
        rows: [
          Object.fromEntries(
            new Map<string, unknown>([
              ['id', 'k'],
              ['when', [cell]],
              ['then', ['stat']],
            ]),
          ),
        ],
        otherwise: null,
      }),
    });
    assert.deepEqual(told(linesOf(table('> 6.2'), table('> 6.5'))), [
      'threshold loosens Which results page whom: matches above 6.2 mmol/L -> above 6.5 mmol/L (row k): fewer results match',
    ]);
  });

  it('says nothing of safety where everybody is followed up anyway', () => {
    assert.deepEqual(queueTable(inRow('old-and-long', (row) => (row.when[3] = '[5..9]'))), [
      'threshold - 75 or older after a week or more: Length of stay 7 days or above -> 5 to 9 days (row old-and-long): other patients match',
    ]);
  });

  it('says that a row which leaves people alone takes from the rows behind it', () => {
    assert.deepEqual(criticalTable(inRow('taken-back', (row) => (row.when[0] = '"D"'))), [
      'code tightens the laboratory has withdrawn the result: Result status no longer W (row taken-back): fewer results match',
    ]);
  });
});

describe('the other cells of a row', () => {
  it('tell cohort, codes, times, recipients and texts apart, what loosens first', () => {
    const lines = criticalTable(
      inRow('k-high', (row) => {
        row.when[1] = '"2823-3", "6298-4", "KALI"';
        row.when[4] = '>= 16, null';
        row.then = ['escalate', 'urgent', 'stat', 30, 'critical-result', 'Potassium', 'ward sister'];
        row.note = 'high';
      }),
    );
    assert.deepEqual(lines, [
      'timer loosens Potassium: lane stat -> urgent (row k-high, "high"): less urgent',
      'timer loosens Potassium: ack minutes 15 -> 30 (row k-high, "high"): later',
      'cohort tightens Potassium: Age 18 years or above, or no value -> 16 years or above, or no value (row k-high, "high"): more results match',
      'recipient - Potassium: queue responsible ward -> ward sister (row k-high, "high")',
      'code - Potassium: Test code no longer K; now also KALI (row k-high, "high"): other results match',
      'text - Potassium: label Critical potassium -> Potassium (row k-high, "high")',
      'text - Potassium, row k-high: note hyperkalaemia -> high',
    ]);
  });

  it('say when nobody is paged any more, and when somebody is', () => {
    assert.deepEqual(criticalTable(inRow('lac-high', (row) => (row.then[0] = 'none'))), [
      'rule loosens Critical lactate: action escalate -> none (row lac-high, "raised lactate")',
    ]);
    assert.deepEqual(criticalTable(inRow('taken-back', (row) => (row.then[0] = 'review'))), [
      'rule tightens the laboratory has withdrawn the result: action none -> review (row taken-back)',
    ]);
  });

  it('show a single code and a cohort of wards whole', () => {
    const lines = queueTable(
      inRow('copd', (row) => {
        row.when[4] = '"J43"';
        row.when[0] = 'not("ICU")';
      }),
    );
    assert.deepEqual(lines, [
      'cohort - Who follows up after a discharge, and how soon: Unit anything -> not ICU (row copd): fewer patients match',
      'code - Who follows up after a discharge, and how soon: Diagnosis J44 -> J43 (row copd): other patients match',
    ]);
  });

  it('share a line where many rows change alike', () => {
    const lines = criticalTable((table) => {
      for (const row of table.rows) if (row.when[4] === '>= 18, null') row.when[4] = '>= 16, null';
    });
    assert.deepEqual(lines, [
      'cohort tightens Table critical-results: Age 18 years or above, or no value -> 16 years or above, or no value ' +
        '(21 rows: k-low, k-high, na-low, na-high, glu-low, glu-high, …): more results match',
    ]);
  });
});

describe('rows that come, go and move', () => {
  it('are told with what they ask and where they stand', () => {
    const lines = criticalTable((table) => {
      table.rows.splice(14, 1);
      table.rows.push({
        id: 'mg-low',
        when: ['-', '"2601-3"', '< 0.4', '"mmol/L"', '-', '-', '-'],
        then: ['escalate', 'stat', 'stat', 15, 'critical-result', 'Critical magnesium', 'responsible ward'],
      });
    });
    assert.deepEqual(lines, [
      'rule loosens No longer a rule: Critical haemoglobin: pages: Test code 718-7 or HGB; below 7 g/dL; Unit g/dL, g/dl or G/DL; ' +
        'Age 18 years or above, or no value (row hb-low, "severe anaemia"): what it took falls to the other rows, or to "otherwise"',
      'rule tightens New rule: Critical magnesium: pages: Test code 2601-3; below 0.4 mmol/L; Unit mmol/L (row mg-low, asked as 37 of 37)',
    ]);
  });

  it('say that a new row which leaves people alone may hide one that does not', () => {
    const [line] = criticalTable((table) =>
      table.rows.unshift({
        id: 'quiet',
        when: ['-', '-', '-', '-', '-', '-', '-'],
        then: ['none', null, null, null, null, null, null],
        note: 'drill',
      }),
    );
    assert.equal(line, 'rule loosens New rule: drill: is left alone: whatever comes (row quiet, asked as 1 of 38)');
  });

  it('say that the order decides under FIRST', () => {
    const moved = (table: EditedTable): unknown => table.rows.splice(1, 0, ...table.rows.splice(5, 1));
    assert.deepEqual(criticalTable(moved), [
      'rule - Critical glucose: asked sixth -> second (row glu-low, "hypoglycaemia"): the first row that matches decides',
    ]);
  });

  it('take a new id for a text', () => {
    assert.deepEqual(criticalTable(inRow('k-high', (row) => (row.id = 'potassium-high'))), [
      'text - A row has another id and the same content: k-high -> potassium-high',
    ]);
  });
});

describe('the table itself', () => {
  it('tells columns, hit policy, dates, otherwise, owner and tests', () => {
    const lines = criticalTable((table) => {
      Object.assign(table, { hitPolicy: 'UNIQUE', effective: { from: '2026-01-01', to: '2027-01-01' } });
      table.owner['name'] = 'Ward committee';
      if (table.otherwise) table.otherwise[1] = 'bulk';
      Object.assign(table.inputs[2] ?? {}, { unit: 'mmol/L', expression: 'event.data.other' });
      table.inputs.push({ name: 'ward', label: 'Ward', type: 'string', expression: 'event.data.visit.unit' });
      for (const row of table.rows) row.when.push(row.id === 'k-low' ? '"ICU"' : '-');
      table.tests.splice(1, 1);
      Object.assign(table.tests[3] ?? {}, { row: 'na-low' });
    });
    assert.deepEqual(lines, [
      'cohort loosens Critical potassium: Ward anything -> ICU (row k-low, "hypokalaemia"): fewer results match',
      'threshold - Table critical-results: Input value: unit added: mmol/L',
      'rule - Table critical-results: new input Ward, read from event.data.visit.unit',
      'rule - Table critical-results: Input value: expression event.data.value -> event.data.other',
      'rule - Table critical-results: effective, to nothing -> 2027-01-01',
      'rule - Table critical-results: hit policy FIRST -> UNIQUE: results that match several rows are an error for a person to look at',
      'timer - Otherwise: lane routine -> bulk (where no row matches): less urgent',
      'text - Table critical-results: owner, name Laboratory safety committee -> Ward committee',
      'text - Table critical-results: 1 test removed, 1 test changed',
    ]);
  });

  it('tells that nothing holds any more where no row matches', () => {
    assert.deepEqual(
      queueTable((table) => (table.otherwise = null)),
      ['rule - Where no row matches: follow, general-follow-up, routine, 168, low -> an explicit "no row matched"'],
    );
  });

  it('tells columns that went, have another name or stand elsewhere', () => {
    const lines = queueTable((table) => {
      table.outputs.splice(4, 1);
      for (const row of table.rows) row.then.splice(4, 1);
      table.otherwise?.splice(4, 1);
      Object.assign(table.inputs[1] ?? {}, { name: 'left' });
      table.inputs.unshift(...table.inputs.splice(4, 1));
      for (const row of table.rows) row.when.unshift(...row.when.splice(4, 1));
    });
    assert.deepEqual(lines, [
      'rule - Table follow-up-queues: input has another name: disposition -> left',
      'rule - Table follow-up-queues: output risk is gone: no row gives it any more',
      'layout - Table follow-up-queues: input diagnoses stands elsewhere',
    ]);
  });
});
