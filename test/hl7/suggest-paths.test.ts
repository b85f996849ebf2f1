import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { dictionaryOf } from '../../engine/hl7/dictionary.ts';
import { tryPath } from '../../engine/hl7/path.ts';
import { suggestPaths } from '../../engine/hl7/suggest-paths.ts';

const dictionary = dictionaryOf('2.5.1');
const paths = (typed: string, limit = 20): string[] =>
  suggestPaths(typed, dictionary, { limit }).map(({ path }) => path);

describe('path completion', () => {
  it('completes the segment, the field, the component and the subcomponent', () => {
    assert.deepEqual(suggestPaths('PI', dictionary)[0], {
      path: 'PID',
      name: 'Patient Identification',
      type: '',
      deeper: true,
    });
    assert.deepEqual(paths('PID-', 3), ['PID-1', 'PID-2', 'PID-3']);
    assert.deepEqual(paths('PID', 3), ['PID-1', 'PID-2', 'PID-3']);
    assert.deepEqual(paths('PID-3', 3), ['PID-3', 'PID-30', 'PID-31']);
    assert.deepEqual(paths('PID-3.', 3), ['PID-3.1', 'PID-3.2', 'PID-3.3']);
    assert.deepEqual(paths('PID-3.1'), ['PID-3.1', 'PID-3.10']);
    assert.deepEqual(suggestPaths('PID-3.4', dictionary), [
      { path: 'PID-3.4', name: 'Patient Identifier List, Assigning Authority', type: 'HD', deeper: true },
    ]);
    assert.deepEqual(paths('PID-3.4.'), ['PID-3.4.1', 'PID-3.4.2', 'PID-3.4.3']);
    assert.deepEqual(suggestPaths('PID-3.4.2', dictionary), [
      {
        path: 'PID-3.4.2',
        name: 'Patient Identifier List, Assigning Authority, Universal ID',
        type: 'ST',
        deeper: false,
      },
    ]);
  });

  it('keeps what was typed of occurrence and repetition', () => {
    assert.deepEqual(paths('OBX[3]-5'), ['OBX[3]-5']);
    assert.deepEqual(paths('OBX[3]', 2), ['OBX[3]-1', 'OBX[3]-2']);
    assert.deepEqual(paths('PID-3[2]'), ['PID-3[2]']);
    assert.deepEqual(paths('PID-3[2].4.2'), ['PID-3[2].4.2']);
  });

  it('takes small letters and the spelling with points', () => {
    assert.deepEqual(paths('pid-3.4'), ['PID-3.4']);
    assert.deepEqual(paths('PID.3.4'), ['PID-3.4']);
    assert.deepEqual(paths('pid.8'), ['PID-8']);
  });

  it('finds a part by words of its name, of its field and of its segment', () => {
    assert.equal(paths('assigning auth')[0], 'PID-3.4');
    assert.equal(paths('date of birth')[0], 'PID-7');
    assert.equal(paths('control id')[0], 'MSH-10');
    assert.equal(paths('patient name')[0], 'PID-5');
    assert.deepEqual(paths('obx value', 2).toSorted(), ['OBX-2', 'OBX-5']);
    assert.equal(paths('attending given')[0], 'PV1-7.3');
    assert.equal(paths('mother maiden')[0], 'PID-6');
    assert.deepEqual(paths('no such words'), []);
  });

  it('says only what can be read by that path, and no more than was asked for', () => {
    for (const typed of ['PI', 'OBX-', 'name', 'id', 'PV1-3.', 'a', 'PID-3[2].4.']) {
      const found = suggestPaths(typed, dictionary, { limit: 7 });
      assert.ok(found.length > 0 && found.length <= 7, typed);
      for (const { path, deeper } of found) assert.ok(tryPath(path) ?? (deeper && /^[A-Z0-9]{3}$/.test(path)), path);
    }
    assert.deepEqual(suggestPaths('PID-', dictionary, { limit: 0 }), []);
  });

  it('answers whatever is typed', () => {
    for (const typed of ['', ' ', 'PID-99', 'PID-3.99', 'ZZZ-1', '((((', '[[', 'PID-0', '-', '.', 'PID-3.4.9.', '🙂']) {
      assert.deepEqual(suggestPaths(typed, dictionary), [], typed);
    }
    assert.ok(suggestPaths('a '.repeat(100_000), dictionary).length <= 20);
  });

  it('speaks of the version of the message', () => {
    assert.deepEqual(suggestPaths('PID-7', dictionaryOf('2.1')), [
      { path: 'PID-7', name: 'Date of birth', type: 'DT', deeper: false },
    ]);
    assert.equal(suggestPaths('PID-40', dictionaryOf('2.8'))[0]?.path, 'PID-40');
  });
});
