import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { packageRoot } from '../../engine/index.ts';
import { summary, type SummaryFacts } from '../../supervisor/summary.ts';

const facts = (more: Partial<SummaryFacts> = {}): SummaryFacts => ({
  consoleUrl: 'http://127.0.0.1:4000',
  httpsUrl: null,
  editorUrl: 'http://127.0.0.1:1880',
  feeds: { hospital: { host: '127.0.0.1', port: 2575 } },
  productionFeeds: {},
  production: null,
  fhirBase: null,
  sandboxPage: null,
  demoLogins: null,
  feedRuns: false,
  firstLogin: null,
  passwordGiven: false,
  seconds: 2.34,
  logsFolder: '/data/logs',
  ...more,
});
const text = (more: Partial<SummaryFacts> = {}): string => summary(facts(more)).join('\n');

describe('what wardflow up says when it runs', () => {
  it('names console, editor, feed and logs', () => {
    for (const part of ['http://127.0.0.1:4000', 'http://127.0.0.1:1880', '127.0.0.1:2575', '/data/logs', '2.3 s']) {
      assert.ok(text().includes(part), part);
    }
  });

  it('names the way from other machines where there is one', () => {
    assert.doesNotMatch(text(), /HTTPS/);
    assert.match(text({ httpsUrl: 'https://wardflow.example.org' }), /HTTPS +https:\/\/wardflow\.example\.org +/);
  });

  it('names the port for HL7 messages of production beside that of staging where production runs', () => {
    assert.doesNotMatch(text(), /HL7 v2.*(staging|production)/);
    const both = text({
      production: 'http://127.0.0.1:1881',
      productionFeeds: { hospital: { host: '127.0.0.1', port: 2576 } },
    });
    assert.match(both, /HL7 v2 +127\.0\.0\.1:2575 .*\(staging\)$/m);
    assert.match(both, /HL7 v2 +127\.0\.0\.1:2576 .*\(production\)$/m);
  });

  it('tells the first password, and otherwise where the password is from', () => {
    assert.match(
      text({ firstLogin: { username: 'admin', password: 'abc-def' } }),
      /as admin with abc-def \(shown only now/,
    );
    assert.match(text({ passwordGiven: true }), /WARDFLOW_ADMIN_PASSWORD/);
    assert.match(text(), /log in as before/);
  });

  it('says how to bind a FHIR server where there is none', () => {
    assert.match(text(), /not bound: set WARDFLOW_FHIR_BASE/);
    assert.match(text({ fhirBase: 'https://ehr.example.org/r4' }), /https:\/\/ehr\.example\.org\/r4/);
  });

  it('speaks of the message that fails only where the sandbox refuses it', () => {
    assert.doesNotMatch(text(), /synthetic hospital/);
    assert.doesNotMatch(text({ feedRuns: true, fhirBase: 'https://ehr.example.org/r4' }), /fails on purpose/);
    assert.match(text({ feedRuns: true, sandboxPage: 'http://127.0.0.1:8080/' }), /fails on purpose/);
  });

  it('names a command for a first message that there is, with a file that there is', () => {
    const [, file = ''] = /^ {2}npx wardflow send (\S+)$/m.exec(text()) ?? [];
    assert.ok(existsSync(join(packageRoot(), file)) && file !== '', file);
  });

  it('fits a terminal of 120 columns', () => {
    const all = summary(
      facts({
        feedRuns: true,
        sandboxPage: 'http://127.0.0.1:41737/',
        production: 'http://127.0.0.1:41881',
        productionFeeds: { hospital: { host: '127.0.0.1', port: 42576 } },
        firstLogin: { username: 'admin', password: 'xxxxx-xxxxx-xxxxx-xxxxx' },
      }),
    );
    for (const line of all) assert.ok(line.length <= 120, line);
  });
});
