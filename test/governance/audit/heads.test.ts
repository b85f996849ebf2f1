import assert from 'node:assert/strict';
import { existsSync, readFileSync, renameSync, statSync, writeFileSync, chmodSync } from 'node:fs';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { headsFile, headsFolder, publicKeyFile, readHeadKeys } from '../../../governance/audit/heads/head-key.ts';
import { HOUR_MS, MOST_UNSIGNED } from '../../../governance/audit/heads/head-signer.ts';
import { readHeads } from '../../../governance/audit/heads/heads-file.ts';
import { verifyAgainstHeads, type TrailsVerdict } from '../../../governance/audit/heads/verify-against-heads.ts';
import { auditChains, type AuditChains } from '../../kit/audit-chains.ts';

describe('signed heads of the audit trails', () => {
  let kit: AuditChains;
  let file: string;
  beforeEach(async () => {
    kit = await auditChains();
    file = headsFile(headsFolder(kit.folder));
    kit.trail.append('session.logged-in', 'user:ana');
    await kit.happen(20);
  });
  afterEach(() => kit.close());

  const lines = (): string[] => readFileSync(file, 'utf8').split('\n').slice(0, -1);
  const write = (all: readonly string[]): void => writeFileSync(file, all.map((line) => `${line}\n`).join(''));

  async function verify(): Promise<TrailsVerdict> {
    const keys = await readHeadKeys([publicKeyFile(headsFolder(kit.folder))]);
    return verifyAgainstHeads(kit.chains, await readHeads(file, keys));
  }
  const codes = (verdict: TrailsVerdict): string[] =>
    [...verdict.chains, verdict.heads].flatMap(({ findings }) => findings.map(({ code }) => code));

  /** Three heads with records between them. */
  async function signThree(): Promise<void> {
    const signer = kit.signer();
    await signer.start();
    for (let n = 0; n < 2; n++) {
      await kit.happen(10);
      kit.clock.advance(HOUR_MS);
      await signer.poll();
    }
    assert.equal(lines().length, 3);
    assert.equal(signer.status().problem, null);
  }

  describe('are signed', () => {
    it('at the start, after an hour and at the stop, each over the line before', async () => {
      await signThree();
      const keys = await readHeadKeys([publicKeyFile(headsFolder(kit.folder))]);
      const { heads, problem } = await readHeads(file, keys);
      assert.equal(problem, null);
      assert.deepEqual(
        heads.map(({ statement }) => [statement.number, statement.why, statement.chains.map(({ seq }) => seq)]),
        [
          [1, 'start', [1, 20]],
          [2, 'hour', [2, 30]],
          [3, 'hour', [3, 40]],
        ],
      );
    });

    it('not before the hour is over, also by the next process: the schedule is in the file', async () => {
      const first = kit.signer();
      await first.start();
      kit.clock.advance(HOUR_MS - 1);
      await first.poll();
      assert.equal(lines().length, 1);
      await first.stop();
      const second = kit.signer();
      await second.start();
      assert.deepEqual(lines().length, 3, 'one at the stop, one at the start');
      kit.clock.advance(HOUR_MS);
      await second.poll();
      assert.equal(second.status().newest?.why, 'hour');
    });

    it('by the timer itself', async () => {
      const signer = kit.signer();
      await signer.start();
      kit.clock.advance(HOUR_MS + 60_000);
      await signer.poll();
      assert.equal(lines().length, 2);
    });

    it('after many records, before the hour is over', async () => {
      const signer = kit.signer();
      await signer.start();
      await kit.happen(MOST_UNSIGNED - 1);
      await signer.poll();
      assert.equal(lines().length, 1);
      await kit.happen(1);
      await signer.poll();
      assert.equal(signer.status().newest?.why, 'entries');
    });

    it('without a runtime that does not answer, and as soon as it answers again', async () => {
      kit.reachable(false);
      const signer = kit.signer();
      await signer.start();
      assert.deepEqual(signer.status().newest?.unread, ['staging']);
      await signer.poll();
      assert.equal(lines().length, 1);
      kit.reachable(true);
      await signer.poll();
      assert.equal(signer.status().newest?.why, 'chain');
      assert.deepEqual(signer.status().newest?.unread, []);
    });

    it('at the stop from the file of a runtime that has ended before', async () => {
      const signer = kit.signer();
      await signer.start();
      await kit.happen(7);
      kit.reachable(false);
      await signer.stop();
      const { newest } = signer.status();
      assert.deepEqual(
        newest?.chains.map(({ chain, seq }) => [chain, seq]),
        [
          ['console', 2],
          ['staging', 27],
        ],
      );
    });

    it('by a key that nobody else may read, and not by one that others could have read', async () => {
      await kit.signer().start();
      const key = `${headsFolder(kit.folder)}/signing-key.json`;
      assert.equal(statSync(key).mode & 0o777, 0o600);
      assert.equal(statSync(headsFolder(kit.folder)).mode & 0o777, 0o700);
      assert.doesNotMatch(readFileSync(publicKeyFile(headsFolder(kit.folder)), 'utf8'), /private/i);
      chmodSync(key, 0o644);
      const signer = kit.signer();
      await signer.start();
      assert.equal(signer.status().problem?.code, 'audit-key-unusable');
    });

    it('by no new key where the old one is gone: the console runs, says so, and audits it once', async () => {
      await signThree();
      const key = `${headsFolder(kit.folder)}/signing-key.json`;
      renameSync(key, `${key}.gone`);
      const signer = kit.signer();
      await signer.start();
      await signer.poll();
      assert.equal(signer.status().problem?.code, 'audit-key-missing');
      assert.equal(existsSync(key), false);
      const trouble = kit.trail.list({ limit: 100 }).filter(({ type }) => type === 'audit.heads-trouble');
      assert.equal(trouble.length, 1);
      renameSync(`${key}.gone`, key);
      await signer.poll();
      assert.equal(signer.status().problem, null);
      assert.equal(lines().length, 4);
    });

    it('on after a power cut in the middle of a line', async () => {
      await signThree();
      const whole = readFileSync(file, 'utf8');
      writeFileSync(file, `${whole}{"payloadType":"appl`);
      assert.equal((await verify()).intact, true);
      const signer = kit.signer();
      await signer.start();
      assert.equal(signer.status().problem, null);
      assert.equal(lines().length, 4);
      assert.equal((await verify()).intact, true);
    });
  });

  describe('show', () => {
    it('that all is intact, up to when, and up to where it is signed', async () => {
      await signThree();
      await kit.happen(3);
      const verdict = await verify();
      assert.deepEqual(codes(verdict), []);
      assert.equal(verdict.intact, true);
      assert.deepEqual(verdict.chains[1], {
        chain: 'staging',
        intact: true,
        records: 43,
        upTo: { seq: 43, at: kit.clock.now() },
        signedUpTo: { seq: 40, at: kit.clock.now() - HOUR_MS, head: 3 },
        findings: [],
      });
      assert.deepEqual(verdict.heads, { count: 3, newest: { number: 3, at: kit.clock.now() }, findings: [] });
    });

    it('a record that was changed', async () => {
      await signThree();
      kit.edit('staging', "UPDATE audit SET actor = 'user:eve' WHERE seq = 25");
      const verdict = await verify();
      assert.deepEqual(codes(verdict), ['audit-chain-broken']);
      assert.equal(verdict.chains[1]?.upTo?.seq, 24);
    });

    it('a record that was changed, with the whole chain computed anew', async () => {
      await signThree();
      kit.tamper('staging', (records) => records.map((one, n) => (n === 25 ? { ...one, actor: 'user:eve' } : one)), 25);
      const verdict = await verify();
      assert.deepEqual(codes(verdict), ['audit-chain-rewritten']);
      const [, staging] = verdict.chains;
      assert.equal(staging?.records, 40, 'the chain by itself is perfect');
      assert.equal(staging?.signedUpTo?.seq, 20, 'what was signed before the change still counts');
      assert.match(staging?.findings[0]?.text ?? '', /staging .* record 30 .* head 2/);
    });

    it('the same of the console itself', async () => {
      await signThree();
      kit.tamper('console', (records) => records.map((one, n) => (n === 0 ? { ...one, actor: 'user:eve' } : one)));
      assert.deepEqual(codes(await verify()), ['audit-chain-swapped']);
    });

    it('a chain that was cut at its end', async () => {
      await signThree();
      kit.tamper('staging', (records) => records.slice(0, 35), 40);
      assert.deepEqual(codes(await verify()), ['audit-chain-cut']);
    });

    it('a chain that was emptied', async () => {
      await signThree();
      kit.tamper('staging', () => []);
      assert.deepEqual(codes(await verify()), ['audit-chain-cut']);
    });

    it('a chain that was exchanged for another', async () => {
      await signThree();
      kit.tamper('staging', (records) => records.map((one) => ({ ...one, actor: 'user:other' })));
      assert.deepEqual(codes(await verify()), ['audit-chain-swapped']);
    });

    it('a chain that was cut and has grown past its old length, also to the signer', async () => {
      await signThree();
      kit.tamper('staging', (records) => [...records.slice(0, 35), ...records.slice(0, 20)], 35);
      const signer = kit.signer();
      await signer.start();
      assert.ok(kit.trail.list({ limit: 10 }).some(({ type }) => type === 'audit.chain-replaced'));
      assert.deepEqual(codes(await verify()), ['audit-chain-rewritten'], 'a later head does not make it good');
    });

    it('heads that were cut at their end', async () => {
      await signThree();
      write(lines().slice(0, 2));
      assert.deepEqual(codes(await verify()), ['audit-heads-cut']);
    });

    it('heads that were cut at their beginning', async () => {
      await signThree();
      write(lines().slice(1));
      assert.deepEqual(codes(await verify()), ['audit-heads-cut']);
    });

    it('a line that was taken out of the middle', async () => {
      await signThree();
      write([lines()[0] ?? '', lines()[2] ?? '']);
      assert.deepEqual(codes(await verify()), ['audit-heads-rewritten']);
    });

    it('heads in which a byte was changed', async () => {
      await signThree();
      write(lines().map((line, n) => (n === 1 ? line.replace(/"payload":"(..)./, '"payload":"$1A') : line)));
      assert.deepEqual(codes(await verify()), ['audit-heads-line-invalid']);
    });

    it('heads that were signed anew by another key', async () => {
      await signThree();
      const other = await auditChains();
      try {
        await other.signer().start();
        write(
          readFileSync(headsFile(headsFolder(other.folder)), 'utf8')
            .split('\n')
            .slice(0, -1),
        );
        assert.deepEqual(codes(await verify()), ['audit-heads-line-invalid']);
        // With its public key beside it, the console's own chain still names the line that was there.
        writeFileSync(publicKeyFile(headsFolder(kit.folder)), readFileSync(publicKeyFile(headsFolder(other.folder))));
        assert.ok(codes(await verify()).includes('audit-heads-rewritten'));
      } finally {
        await other.close();
      }
    });

    it('that a chain could not be read, without calling it intact', async () => {
      await signThree();
      kit.reachable(false);
      const verdict = await verify();
      assert.equal(verdict.intact, false);
      assert.equal(verdict.chains[1]?.intact, null);
      assert.deepEqual(codes(verdict), ['audit-chain-unread']);
    });
  });
});
