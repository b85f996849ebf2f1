import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, it } from 'mocha';
import { AUDIT_SENTENCES, auditSentence } from '../../engine/index.ts';
import { auditEntry } from '../kit/store-builders.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const FOLDERS = ['engine', 'runtime', 'nodes', 'governance/server', 'cli', 'supervisor'];

/** Dotted past tense, as the type of a record or as what is appended: how an audit record looks in the source. */
const RECORD = /(?:type: |\.append\(\s*)(?:[^,;\n]*\? )?'([a-z-]+\.[a-z-]+)'(?: : '([a-z-]+\.[a-z-]+)')?/g;

/** Types in the source of whoever writes audit records. */
function used(): Map<string, string> {
  const found = new Map<string, string>();
  for (const file of globSync(FOLDERS.map((folder) => `${ROOT}/${folder}/**/*.ts`))) {
    const text = readFileSync(file, 'utf8');
    if (!/audit/i.test(text) || file.includes('/engine/hl7/') || file.includes('/engine/events/')) continue;
    for (const [, ...types] of text.matchAll(RECORD)) {
      for (const type of types) if (type) found.set(type, file);
    }
  }
  return found;
}

describe('types of audit records', () => {
  it('that the code writes have each a sentence', () => {
    const found = used();
    for (const type of ['effect.done', 'escalation.step', 'session.logged-in', 'account.created'])
      assert.ok(found.has(type), `the search finds ${type}`);
    const missing = [...found].filter(([type]) => !Object.hasOwn(AUDIT_SENTENCES, type));
    assert.deepEqual(missing, []);
  });

  it('are dotted and make a sentence even when a record has no details', () => {
    for (const type of Object.keys(AUDIT_SENTENCES)) {
      assert.match(type, /^[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*$/);
      assert.match(auditSentence({ ...auditEntry(type), actor: 'system' }), /^[A-Z—].*[.—]$/);
      assert.doesNotMatch(auditSentence(auditEntry(type)), /[[\]{}]|undefined/);
    }
  });

  it('fill in who, what and why', () => {
    assert.equal(
      auditSentence(auditEntry('work.discarded', { actor: 'user:ana', reason: 'sent twice' })),
      'ana discarded the work: sent twice.',
    );
    assert.equal(
      auditSentence(
        auditEntry('effect.done', { actor: 'system', details: { effect: 'file', summary: 'Task/1 created.' } }),
      ),
      'Wardflow did file: Task/1 created.',
    );
    assert.equal(
      auditSentence(
        auditEntry('flow.noted', { actor: 'flow:ward', definition: 'ward', details: { text: 'all well' } }),
      ),
      'The flow ward noted: all well.',
    );
  });

  it('name who acted as people do, and write a user name as it is', () => {
    const said = (actor: string): string => auditSentence(auditEntry('work.redriven', { actor }));
    assert.deepEqual(['user:admin', 'cli:root', 'flow:ward', 'ehr:ehr', 'unknown', 'system'].map(said), [
      'admin sent the work back to be tried again.',
      'root at the command line sent the work back to be tried again.',
      'The flow “ward” sent the work back to be tried again.',
      'The EHR sent the work back to be tried again.',
      'An unknown user sent the work back to be tried again.',
      'Wardflow sent the work back to be tried again.',
    ]);
  });

  it('show what was before and what is after, and hashes by their beginning', () => {
    const version = 'c'.repeat(64);
    const details = { previous: `${'b'.repeat(12)}${'0'.repeat(52)}` };
    assert.equal(
      auditSentence({
        ...auditEntry('definition.deployed', { actor: 'user:ana', definition: 'ward', details }),
        version,
      }),
      'ana deployed the definition ward in version cccccccccccc, before: bbbbbbbbbbbb.',
    );
  });

  it('of a newer version are named as they are', () => {
    assert.equal(auditSentence(auditEntry('moon.landed')), 'user:test: moon.landed');
  });
});
