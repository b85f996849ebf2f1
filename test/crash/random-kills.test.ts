/**
 * A runtime under load, killed with SIGKILL at random moments. The moments are those of a seed; seeds that once failed
 * are kept in seeds.json and run again each time.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { runCrashLoad, type LoadOutcome } from '../kit/crash-load.ts';
import { counts, longRun } from '../kit/requires.ts';
import { STORES } from './stores.ts';

const SEED = Number(process.env['CRASH_SEED'] ?? 20_260_105);
const KEPT = (JSON.parse(readFileSync(join(import.meta.dirname, 'seeds.json'), 'utf8')) as { seeds: number[] }).seeds;
/**
 * Of one runtime; two run side by side, each with its own data, sender and FHIR server. The long count may be had in several
 * runs with seeds of their own: `CRASH_KILLS` is how many each runtime gets in one.
 */
const LONG = Number(process.env['CRASH_KILLS'] ?? 500);
const KILLS = { SQLite: counts(25, LONG), MongoDB: counts(2, LONG) };
const RUNTIMES = 2;
const KILLS_OF_A_KEPT_SEED = counts(5, 25);
const MESSAGES_PER_KILL = counts(40, 30);

STORES.forEach(({ name, prepare, end }) =>
  describe(`runtimes on ${name} killed with SIGKILL at random moments under load`, function () {
    const kills = name === 'SQLite' ? KILLS.SQLite : KILLS.MongoDB;
    // For a hung run, not for a slow machine: a kill takes three seconds to fifteen.
    this.timeout(60_000 + RUNTIMES * kills * 20_000 + KEPT.length * 120_000);
    const outcomes = new Map<number, LoadOutcome>();

    before(async function () {
      const newEnv = prepare(this);
      const run = async (seed: number, lane: number, kills: number): Promise<void> => {
        const env = await newEnv();
        const plan = { name: 'RST'.charAt(lane), seed, kills, messagesPerKill: MESSAGES_PER_KILL, env };
        try {
          outcomes.set(seed, await runCrashLoad(plan));
        } catch (cause) {
          throw new Error(`with seed ${seed}: ${String(cause)}`, { cause });
        }
      };
      await Promise.all(Array.from({ length: RUNTIMES }, (_, lane) => run(SEED + lane, lane, kills)));
      for (const seed of KEPT) await run(seed, RUNTIMES, KILLS_OF_A_KEPT_SEED);
      for (const [seed, { problems: _, ...figures }] of outcomes)
        process.stdout.write(`      seed ${seed}: ${JSON.stringify(figures)}\n`);
    });

    after(end);

    const total = (figure: 'kills' | 'messages' | 'writes' | 'alerts'): number =>
      [...outcomes.values()].reduce((sum, outcome) => sum + outcome[figure], 0);

    it('lose nothing that was acknowledged, write nothing twice, keep the order, and tell of every alert', () => {
      const broken = [...outcomes].filter(([, { problems }]) => problems.length > 0);
      const told = broken.map(([seed, { problems }]) => ({ seed, problems }));
      assert.deepEqual(told, [], 'to keep them: add the seeds to test/crash/seeds.json');
    });

    it(`were killed ${RUNTIMES * kills} times, and did enough for that to mean something`, () => {
      assert.ok(total('kills') >= RUNTIMES * kills);
      assert.ok([...outcomes.values()].every(({ messages, kills }) => messages === kills * MESSAGES_PER_KILL));
      assert.ok(total('writes') >= total('messages') / 3);
      assert.ok(total('alerts') >= total('messages') / 8);
      if (longRun && LONG >= 500) {
        assert.ok(total('messages') >= 20_000);
        assert.ok(total('writes') >= 5_000);
        assert.ok(total('alerts') >= 500);
      }
    });

    // So few kills may all miss.
    if (kills >= 25)
      it('were caught in the act: answers were lost, and what may have been written was asked for again', () => {
        for (const { resends, lookUps, repeatedWrites } of outcomes.values()) {
          assert.ok(resends > 0);
          assert.ok(lookUps + repeatedWrites > 0);
        }
      });
  }),
);
