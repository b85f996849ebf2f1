import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { describe, it } from 'mocha';
import { Hl7Message } from '../../engine/index.ts';
import { applySteps, type Applied, type ApplyOptions, type Here } from '../../nodes/kit/hl7-steps/apply.ts';
import { pathOf, placeOf } from '../../nodes/kit/hl7-steps/place.ts';
import { NEW_STEP, stepProblems, type Step } from '../../nodes/kit/hl7-steps/steps.ts';

const HEAD = 'MSH|^~\\&|LAB|NORTH|||20260105||ORU^R01|C1|P|2.5.1';
const PATIENT = 'PID|1||0042^^^NORTH^MR~999^^^GOV^SS||Example^Alex&x^^^^^L||19700101|U';
const of = (...segments: readonly string[]): Hl7Message => Hl7Message.parse([HEAD, ...segments, ''].join('\r'));
const step = (parts: Partial<Step>): Step => ({ ...NEW_STEP, ...parts });
const body = ({ message }: Applied): readonly string[] => message.toString().split('\r').slice(1, -1);

/** Instead of JSONata: a function of the place. */
type Values = Readonly<Record<string, (here: Here, now: Hl7Message) => unknown>>;

function apply(
  message: Hl7Message,
  steps: readonly Step[],
  values: Values = {},
  options: Partial<ApplyOptions> = {},
): Promise<Applied> {
  return applySteps(message, steps, {
    ifMissing: 'fail',
    mostPlaces: 1000,
    node: 'Edit',
    evaluate: async (at, field, now, here) => {
      const written = steps[at]?.[field] ?? '';
      const value = values[written];
      return value ? value(here, now) : written;
    },
    ...options,
  });
}

const problems = ({ problems }: Applied): readonly string[] =>
  problems.map(({ step: at, field, path, error }) => `${at} ${field} ${path} ${error.code}`);

describe('steps that change a message', () => {
  it('set, empty, set to null, and write raw text', async () => {
    const applied = await apply(of(PATIENT), [
      step({ path: 'PID-5.1', value: 'A|B^C' }),
      step({ do: 'clear', path: 'PID-7' }),
      step({ do: 'null', path: 'PID-8' }),
      step({ do: 'raw', path: 'PID-10', value: 'X^Y' }),
    ]);
    assert.deepEqual(body(applied), ['PID|1||0042^^^NORTH^MR~999^^^GOV^SS||A\\F\\B\\S\\C^Alex&x^^^^^L|||""||X^Y']);
    assert.deepEqual(problems(applied), []);
  });

  it('leave the message that they were given as it is', async () => {
    const message = of(PATIENT);
    const before = message.toString();
    await apply(message, [step({ path: 'PID-8', value: 'F' })]);
    assert.equal(message.toString(), before);
  });

  it('write nothing where a place to be emptied is not there', async () => {
    const applied = await apply(of('PID|1'), [
      step({ do: 'clear', path: 'PID-30' }),
      step({ do: 'clear', path: 'NTE-3' }),
      step({ do: 'remove', path: 'NTE[*]' }),
      step({ do: 'remove', path: 'NTE[2]' }),
    ]);
    assert.deepEqual([body(applied), applied.done, problems(applied)], [['PID|1'], [], []]);
  });

  it('go over each segment and each repetition, and know where they are', async () => {
    const seen: Here[] = [];
    const applied = await apply(
      of(PATIENT, 'OBX|1||a||1', 'OBX|2||b', 'OBX|3||c||3'),
      [
        step({ path: 'PID-3[*].1', value: 'number', kind: 'jsonata' }),
        step({ path: 'OBX[*]-5', value: 'number', kind: 'jsonata', when: 'has a value' }),
      ],
      {
        number: (here) => (seen.push(here), `#${here.segment}.${here.repetition}`),
        'has a value': ({ value }) => value !== '',
      },
    );
    assert.deepEqual(body(applied), [
      'PID|1||#1.1^^^NORTH^MR~#1.2^^^GOV^SS||Example^Alex&x^^^^^L||19700101|U',
      'OBX|1||a||#1.1',
      'OBX|2||b',
      'OBX|3||c||#3.1',
    ]);
    assert.deepEqual(seen[1], { path: 'PID-3[2].1', segment: 1, repetition: 2, value: '999' });
    assert.deepEqual(
      applied.done.map(({ path, places, before, after }) => [path, places, before, after]),
      [
        ['PID-3[1].1', 2, '0042', '#1.1'],
        ['OBX[1]-5', 2, '1', '#1.1'],
      ],
    );
  });

  it('see what the steps before them have done', async () => {
    const applied = await apply(
      of(PATIENT),
      [step({ path: 'PID-8', value: 'F' }), step({ path: 'PID-1', value: 'sex', kind: 'jsonata' })],
      { sex: (_here, now) => now.get('PID-8') },
    );
    assert.match(body(applied)[0] ?? '', /^PID\|F\|/);
  });

  it('remove repetitions and segments that are told apart by what is in them', async () => {
    const applied = await apply(
      of(PATIENT, 'NTE|1||keep', 'NTE|2||go', 'NTE|3||go'),
      [step({ do: 'remove', path: 'PID-3[*]', when: 'social' }), step({ do: 'remove', path: 'NTE[*]', when: 'gone' })],
      {
        social: ({ path }, now) => now.get(`${path}.5`) === 'SS',
        gone: ({ path }, now) => now.get(`${path}-3`) === 'go',
      },
    );
    assert.deepEqual(body(applied), ['PID|1||0042^^^NORTH^MR||Example^Alex&x^^^^^L||19700101|U', 'NTE|1||keep']);
  });

  it('add segments, and find them again by [new] whatever comes and goes around them', async () => {
    const applied = await apply(of('NTE|0', 'OBX|1', 'OBX|2', 'NTE|9'), [
      step({ do: 'add', path: 'NTE', value: 'OBX[*]' }),
      step({ do: 'remove', path: 'NTE[1]' }),
      step({ path: 'NTE[new]-3', value: 'new' }),
      step({ do: 'add', path: 'ZZZ' }),
      step({ path: 'ZZZ[new]-1', value: 'last' }),
    ]);
    assert.deepEqual(body(applied), ['OBX|1', 'NTE|||new', 'OBX|2', 'NTE|||new', 'NTE|9', 'ZZZ|last']);
  });

  it('copy what stands elsewhere, with its parts', async () => {
    const applied = await apply(of(PATIENT, 'OBX|1||||v^w', 'OBX|2||||~x'), [
      step({ path: 'PID-2', value: 'PID-3[2]', kind: 'hl7' }),
      step({ path: 'PID-4', value: 'PID-3', kind: 'hl7' }),
      step({ path: 'OBX[*]-3', value: 'OBX[*]-5', kind: 'hl7' }),
      step({ path: 'PID-5.1', value: 'PID-5.2.2', kind: 'hl7' }),
      step({ path: 'PID-8', value: 'ZZZ-1', kind: 'hl7' }),
    ]);
    assert.deepEqual(body(applied), [
      'PID|1|999^^^GOV^SS|0042^^^NORTH^MR~999^^^GOV^SS|0042^^^NORTH^MR~999^^^GOV^SS|x^Alex&x^^^^^L||19700101|',
      'OBX|1||v^w||v^w',
      'OBX|2||~x||~x',
    ]);
  });

  it('refuse to copy what would change the shape of the message', async () => {
    const applied = await apply(of(PATIENT), [
      step({ path: 'PID-2.1', value: 'PID-3', kind: 'hl7' }),
      step({ path: 'PID-5.2.1', value: 'PID-5.2', kind: 'hl7' }),
      step({ path: 'PID-3[1]', value: 'PID-3', kind: 'hl7' }),
    ]);
    assert.deepEqual(problems(applied), [
      '0 value PID-2.1 hl7-copy-shape',
      '1 value PID-5.2.1 hl7-copy-shape',
      '2 value PID-3[1] hl7-copy-shape',
    ]);
    assert.deepEqual(body(applied), [PATIENT]);
  });

  it('copy from another message with other separators', async () => {
    const from = Hl7Message.parse('MSH*:;!%*LAB\rPID*1**7:A%B;8:^');
    const applied = await apply(
      of('PID|1'),
      [step({ path: 'PID-3', value: 'PID-3', kind: 'hl7' })],
      {},
      { copyFrom: from },
    );
    assert.deepEqual(body(applied), ['PID|1||7^A&B~8^\\S\\']);
  });

  describe('whose segment is not there', () => {
    const steps = [step({ path: 'NK1-2', value: 'x' }), step({ path: 'NK1[2]-2', value: 'y' })];

    it('are problems', async () => {
      const applied = await apply(of(PATIENT), steps);
      assert.deepEqual(problems(applied), ['0 path NK1-2 hl7-segment-missing', '1 path NK1[2]-2 hl7-segment-missing']);
    });

    it('are left out where the node says so', async () => {
      const applied = await apply(of(PATIENT), steps, {}, { ifMissing: 'skip' });
      assert.deepEqual([body(applied), problems(applied)], [[PATIENT], []]);
    });

    it('add it where the node says so, one after the other', async () => {
      const applied = await apply(of(PATIENT), steps, {}, { ifMissing: 'add' });
      assert.deepEqual([body(applied).slice(1), problems(applied)], [['NK1||x', 'NK1||y'], []]);
      const gap = await apply(of(PATIENT), steps.slice(1), {}, { ifMissing: 'add' });
      assert.deepEqual(problems(gap), ['0 path NK1[2]-2 hl7-segment-missing']);
    });

    it('matter only where they are to be done at all', async () => {
      const never = steps.map((one) => ({ ...one, when: 'never' }));
      const applied = await apply(of(PATIENT), never, { never: () => false }, { ifMissing: 'fail' });
      assert.deepEqual(problems(applied), []);
    });
  });

  it('say of each step what is wrong with it, and where', async () => {
    const applied = await apply(
      of(PATIENT),
      [
        step({ path: 'PID-8', value: 'nothing', kind: 'jsonata' }),
        step({ path: 'PID-8', value: 'a list', kind: 'jsonata' }),
        step({ path: 'PID-8', value: 'F', when: 'neither' }),
        step({ do: 'raw', path: 'PID-8', value: 'a\rPID|2' }),
        step({ path: 'MSH-2', value: '^' }),
        step({ path: 'nonsense', value: 'x' }),
        step({ path: 'PID-8', value: '\u4e2d' }),
      ],
      { nothing: () => undefined, 'a list': () => ['F'], neither: () => 'yes' },
    );
    assert.deepEqual(problems(applied), [
      '0 value PID-8 expression-empty',
      '1 value PID-8 expression-kind',
      '2 when PID-8 expression-kind',
      '3 path PID-8 hl7-line-end',
      '4 path MSH-2 hl7-delimiters-fixed',
      '5 path nonsense hl7-step-wrong',
    ]);
    assert.ok(applied.problems.every(({ error }) => !error.message.includes('yes')));
  });

  it('end at a limit, however many segments a sender states', async () => {
    const many = of(...Array.from({ length: 1001 }, (_, i) => `OBX|${i}`));
    const applied = await apply(many, [step({ path: 'OBX[*]-5', value: 'x' })]);
    assert.deepEqual(problems(applied), ['0 path OBX[*]-5 hl7-too-many-places']);
  });

  it('write no more at all their places together than a message may hold', async () => {
    const message = of(`ZZZ|${'x'.repeat(12_000_000)}`, ...Array.from({ length: 900 }, () => 'OBX|1'));
    const copied = await apply(message, [step({ path: 'OBX[*]-5', value: 'ZZZ-1', kind: 'hl7' })]);
    assert.deepEqual(problems(copied), ['0 value OBX[3]-5 value-too-large']);
    const twice = await apply(message, [
      step({ path: 'OBX[1]-5', value: 'ZZZ-1', kind: 'hl7' }),
      step({ path: 'OBX[2]-5', value: 'ZZZ-1', kind: 'hl7' }),
    ]);
    assert.deepEqual(problems(twice), ['1 path OBX[2]-5 hl7-too-long']);
  });

  it('count the repetitions of a hostile field no further than they may go', async () => {
    const message = of(`PID|1||${'~'.repeat(2_000_000)}`);
    const before = process.memoryUsage().heapUsed;
    const applied = await apply(message, [step({ path: 'PID-3[*].1', value: 'X' })]);
    assert.deepEqual(problems(applied), ['0 path PID-3[*].1 hl7-too-many-places']);
    // Each place would take about a hundred bytes.
    assert.ok(process.memoryUsage().heapUsed - before < 60_000_000);
  });

  it('come to what the codec does with the same places and values, all else byte for byte', async () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
    const target = fc
      .tuple(
        fc.constantFrom('PID', 'OBX', 'OBX[2]', 'ZZ1'),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 0, max: 3 }),
        fc.integer({ min: 0, max: 3 }),
      )
      .map(([segment, field, repetition, component]) => {
        const part = component > 0 ? `.${component}` : '';
        return `${segment}-${field}${repetition > 0 ? `[${repetition}]` : ''}${part}`;
      });
    const ends = fc.constantFrom('\r', '\n', '\r\n');
    let differing = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(target, text), { maxLength: 6 }), ends, async (edits, end) => {
        const given = [HEAD, PATIENT, 'OBX|1|ST|c^d||v', 'OBX|2', 'ZZ1|a~b|\\Zx\\|', ''].join(end);
        const byHand = Hl7Message.parse(given);
        for (const [path, value] of edits) byHand.set(path, value);
        const applied = await apply(
          Hl7Message.parse(given),
          edits.map(([path, value]) => step({ path, value })),
        );
        assert.deepEqual(problems(applied), []);
        assert.equal(applied.message.toString(), byHand.toString());
        if (applied.message.toString() !== given) differing++;
      }),
      { seed: 7, numRuns: 300 },
    );
    assert.ok(differing > 200);
  });
});

describe('places', () => {
  it('are the paths of the codec and four more ways to name them', () => {
    for (const path of [
      'PID-3',
      'PID-3[2].4.2',
      'OBX[3]-5',
      'OBX[*]-5',
      'PID-3[*].4',
      'NTE',
      'NTE[2]',
      'NTE[*]',
      'NTE[new]-3',
    ]) {
      const place = placeOf(path);
      assert.ok(place, path);
      if (typeof place.occurrence === 'number' && typeof place.repetition === 'number')
        assert.equal(pathOf(place, place.occurrence, place.repetition), path);
    }
    for (const path of [
      '',
      'PID.3',
      'PID-0',
      'PID-3.0',
      'pid-3',
      'PID[0]-3',
      'PID-3[new]',
      'PID-1000',
      'NTE[*',
      'PID-3.1.1.1',
    ])
      assert.equal(placeOf(path), undefined, path);
  });
});

describe('steps as they are saved', () => {
  const first = (given: unknown): string | undefined => {
    const [problem] = stepProblems([given]);
    return problem && `${problem.field} ${problem.key}`;
  };

  it('are found wrong with the field that is', () => {
    assert.equal(first(step({ path: 'PID-3', value: 'x' })), undefined);
    assert.equal(first(step({ path: 'PID', value: 'x' })), 'path kit.problem.step-field');
    assert.equal(first(step({ path: 'PID-3' })), 'value kit.problem.needed');
    assert.equal(first(step({ path: 'PID-3', value: 'PID', kind: 'hl7' })), 'value kit.problem.step-copy');
    assert.equal(first(step({ path: 'PID-3', value: 'OBX[*]-5', kind: 'hl7' })), 'value kit.problem.step-each');
    assert.equal(first(step({ do: 'raw', path: 'PID-3', value: 'PID-2', kind: 'hl7' })), 'value kit.problem.step-copy');
    assert.equal(first(step({ do: 'remove', path: 'PID-3' })), 'path kit.problem.step-remove');
    assert.equal(first(step({ do: 'remove', path: 'MSH' })), 'path kit.problem.step-header');
    assert.equal(first(step({ do: 'clear', path: 'MSH-2' })), 'path kit.problem.step-header');
    assert.equal(first(step({ do: 'add', path: 'NTE[2]' })), 'path kit.problem.step-add');
    assert.equal(first(step({ do: 'add', path: 'NTE', value: 'OBX-5' })), 'value kit.problem.step-after');
    assert.equal(first(step({ path: 'NTE[new]-3', value: 'x' })), 'path kit.problem.step-new');
    assert.deepEqual(stepProblems([step({ do: 'add', path: 'NTE' }), step({ path: 'NTE[new]-3', value: 'x' })]), []);
  });

  it('may be anything, and are never taken for right', () => {
    fc.assert(
      fc.property(fc.array(fc.anything(), { maxLength: 5 }), (steps) => {
        assert.equal(new Set(stepProblems(steps).map(({ step: at }) => at)).size, steps.length);
      }),
      { seed: 7, numRuns: 300 },
    );
  });
});
