/** What we ship and make is by the book: people learn from it, and copy it. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { planDay } from '../../demo/hospital/plan-day.ts';
import { adviseOn, Hl7Message, packageRoot } from '../../engine/index.ts';

const told = (message: Hl7Message): readonly string[] => adviseOn(message).map(({ path, code }) => `${path} ${code}`);

/** Samples of what senders leave out, and what the advice says of it. */
const LACKING: Readonly<Record<string, readonly string[]>> = {
  'flows/referral-routing/samples/no-number.hl7': ['RF1-6 required-empty'],
};

describe('our own HL7 messages', () => {
  const samples = globSync('flows/*/samples/*.hl7', { cwd: packageRoot() }).toSorted();

  it('are by the book where they are samples of definitions', () => {
    assert.ok(samples.length >= 15);
    assert.ok(Object.keys(LACKING).every((file) => samples.includes(file)));
    for (const file of samples)
      assert.deepEqual(told(Hl7Message.parse(readFileSync(join(packageRoot(), file)))), LACKING[file] ?? [], file);
  });

  it('are by the book where the synthetic hospital makes them', () => {
    const day = planDay({ seed: 7, run: 'T5K2QX', beginsAt: Date.UTC(2026, 0, 5, 7) });
    assert.ok(day.length > 100);
    const wrong = new Map<string, number>();
    for (const one of day)
      for (const advice of told(Hl7Message.parse(Buffer.from(one.text(0)))))
        wrong.set(advice, (wrong.get(advice) ?? 0) + 1);
    assert.deepEqual([...wrong], []);
  });
});
