import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { STATE_WORDS, stateNamed, wordAndTerm } from '../../governance/api/message-words.ts';
import { MESSAGE_STATES } from '../../engine/index.ts';
import { markdownFiles } from './markdown-files.ts';

const files = markdownFiles();
const prose = (text: string): string => text.replaceAll(/^```[\s\S]*?^```/gm, '').replaceAll(/`[^`\n]*`/g, '');
const page = (path: string): string => files.get(path) ?? assert.fail(`there is no ${path}`);

/** Words that other products use for what the glossary has a word for. */
const OTHER_WORDS: readonly (readonly [RegExp, string])[] = [
  [/\breprocess/i, 'redrive'],
  [/\breplay(?:s|ed|ing)?\b/i, 'redrive'],
  [/\bpoison message/i, 'dead letter'],
  [/\bdead[- ]letter queue/i, 'dead letter'],
  [/\bduplicate messages?\b/i, 'resend'],

  [/\brule ?sets?\b/i, 'rule table'],
  [/\bmessage log\b/i, 'journal'],
  [/\bside effects?\b/i, 'effect'],
  [/\bpipelines?\b/i, 'flow'],
];

describe('words in the documentation', () => {
  it('are those of the glossary', () => {
    const found = [...files].flatMap(([path, text]) =>
      OTHER_WORDS.filter(([word]) => word.test(prose(text))).map(
        ([word, term]) => `${path}: ${word.source}, say ${term}`,
      ),
    );
    assert.deepEqual(found, []);
  });

  it('have one glossary entry each', () => {
    const terms = [...page('docs/glossary.md').matchAll(/^\| ([^|]+?)\s*\|/gm)].map(([, term = '']) => term).slice(2);
    assert.ok(terms.length > 20, 'the glossary is nearly empty');
    assert.equal(new Set(terms).size, terms.length);
  });

  it('have the word and the term of every state of a message in the glossary', () => {
    const text = page('docs/glossary.md');
    for (const state of MESSAGE_STATES)
      assert.ok(text.includes(wordAndTerm(state)), `${wordAndTerm(state)} is missing`);
    for (const state of MESSAGE_STATES)
      for (const said of [state, STATE_WORDS[state].word, STATE_WORDS[state].term.toUpperCase()])
        assert.equal(stateNamed(said), state, said);
    assert.equal(stateNamed('lost'), undefined);
  });

  it('explain every state that a message can be in', () => {
    const text = page('docs/guide/how-it-works.md');
    for (const state of MESSAGE_STATES) assert.ok(text.includes(`\`${state}\``), `${state} is not explained`);
  });
});
