/** ladders/<name>.json: who is told, when, until somebody answers. */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../base/canonical-json.ts';
import { describeProblems, schemaCheck } from '../base/json-schema.ts';
import type { Ladder } from './definition.ts';
import { afterWorkingTime, isZone, type WorkingHours } from '../schedule/working-time.ts';
import { durationMs } from './duration.ts';
import type { Problems } from './problem.ts';
import { ABOUT, NAME, text, TO, toText, type To } from './schema-parts.ts';

interface LadderFile {
  readonly name: string;
  readonly owner: { readonly name: string; readonly contact: string };
  readonly steps: readonly {
    readonly after: string;
    readonly to: To;
    readonly channel: string;
    readonly text: string;
    readonly repeat?: string;
  }[];
  readonly clock?: {
    readonly zone: string;
    readonly hours: readonly WorkingHours[];
    readonly holidays?: readonly string[];
  };
  readonly stopOn: readonly string[];
  readonly exhausted: 'keep-last' | 'fallback';
}

/** More often helps nobody. */
const SHORTEST_REPEAT_MS = 60_000;
const STOPS = ['acknowledged', 'completed', 'cancelled'];

const check = schemaCheck<LadderFile>({
  type: 'object',
  additionalProperties: false,
  required: ['kind', 'format', 'name', 'owner', 'steps', 'stopOn', 'exhausted'],
  properties: {
    kind: { const: 'ladder' },
    format: { const: 1 },
    ...ABOUT,
    steps: {
      type: 'array',
      minItems: 1,
      maxItems: 50,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['after', 'to', 'channel', 'text'],
        properties: {
          after: text(40),
          to: TO,
          channel: NAME,
          text: text(500),
          repeat: text(40),
        },
      },
    },
    clock: {
      type: 'object',
      additionalProperties: false,
      required: ['zone', 'hours'],
      properties: {
        zone: text(64),
        hours: {
          type: 'array',
          minItems: 1,
          maxItems: 50,
          items: {
            type: 'object',
            additionalProperties: false,
            required: ['days', 'from', 'to'],
            properties: {
              days: { type: 'array', minItems: 1, uniqueItems: true, items: { enum: [1, 2, 3, 4, 5, 6, 7] } },
              from: { type: 'string', pattern: '^([01]\\d|2[0-3]):[0-5]\\d$', description: 'a time like 08:00' },
              to: { type: 'string', pattern: '^(([01]\\d|2[0-3]):[0-5]\\d|24:00)$', description: 'a time like 17:00' },
            },
          },
        },
        holidays: { type: 'array', maxItems: 1000, uniqueItems: true, items: { type: 'string', format: 'date' } },
      },
    },
    stopOn: { type: 'array', uniqueItems: true, items: { enum: STOPS } },
    exhausted: { enum: ['keep-last', 'fallback'] },
  },
});

export function readLadder(json: unknown, name: string, problems: Problems): Ladder | undefined {
  if (!check.accepts(json)) {
    problems.say(describeProblems(check.problems(json)), 'Correct the places named; see docs/reference/formats.md.');
    return undefined;
  }
  if (json.name !== name) problems.say(`has the name "${json.name}"`, `Name it as its file: "${name}".`);
  if (STOPS.some((stop) => !json.stopOn.includes(stop)))
    problems.say(`does not stop on all of ${STOPS.join(', ')}`, 'List all three: this version stops on each of them.');
  let before = -1;
  const steps = json.steps.map((step, i) => {
    const afterMs = durationMs(step.after);
    if (afterMs === undefined)
      problems.say(`steps[${i}].after is not a duration like PT10M`, 'Use days, hours, minutes and seconds.');
    else if (afterMs <= before && i > 0)
      problems.say(`steps[${i}].after is not later than the step before`, 'Order the steps by time.');
    before = afterMs ?? before;
    const to = toText(step.to);
    const repeatMs = step.repeat === undefined ? null : repeatOf(step.repeat, i, problems);
    return { after: step.after, afterMs: afterMs ?? 0, to, channel: step.channel, text: step.text, repeatMs };
  });
  const clock = json.clock ? { holidays: [], ...json.clock } : null;
  if (clock && !isZone(clock.zone))
    problems.say(`has the clock zone "${clock.zone}"`, 'Name a zone such as Europe/Berlin.');
  else if (clock && afterWorkingTime(clock, 0, 1) === null)
    problems.say('has a clock that never runs', 'Let its hours and holidays leave some time to work.');
  const version = createHash('sha256').update(canonicalJson(json)).digest('hex');
  return { name, version, owner: json.owner, clock, steps, exhausted: json.exhausted };
}

function repeatOf(text: string, step: number, problems: Problems): number | null {
  const ms = durationMs(text);
  if (ms !== undefined && ms >= SHORTEST_REPEAT_MS) return ms;
  problems.say(`steps[${step}].repeat is no duration of a minute or more`, 'Write PT5M for every five minutes.');
  return null;
}
