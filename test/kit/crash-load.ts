/**
 * Hospital traffic through a runtime that is killed again and again: several senders with patients of their own, each
 * sending again, with the same control id, what was not answered. Knows what must be found at the end.
 */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import type { RuntimeStatus } from '../../runtime/api/contract.ts';
import { CountingFhirServer } from './counting-fhir-server.ts';
import { judge, type Judgement, type Sent } from './crash-judgement.ts';
import { adt, oru, potassium, sodium } from './hl7-messages.ts';
import { answerField, MllpSender } from './mllp-sender.ts';
import { RuntimeProcess } from './runtime-process.ts';
import { seededRandom } from './synthetic-messages.ts';

const SENDERS = 6;
const PATIENTS_EACH = 5;
/** A kill comes so long after the runtime is ready, at most; some come while it still starts. */
const LONGEST_LIFE_MS = 400;
const LONGEST_START_MS = 900;
const KILLS_IN_START = 0.35;
/**
 * After so many kills the runtime may finish what it has. An item that eight deaths in a row have interrupted is taken
 * for their cause and goes to a person (engine/queue/suspects.ts), rightly: these deaths have another.
 */
const KILLS_IN_A_ROW = 6;
const DRAIN_MS = 1_800_000;
/** A lease that a killed runtime left behind has run out by then. */
const STUCK_MS = 300_000;

export interface LoadPlan {
  /** Control ids begin with it. */
  readonly name: string;
  readonly seed: number;
  readonly kills: number;
  readonly messagesPerKill: number;
  readonly env: Readonly<Record<string, string>>;
}

/** Gives numbers in [0, 1). */
type Dice = () => number;

/** What a run came to. */
export interface LoadOutcome extends Judgement {
  readonly kills: number;
  /** Kills before the runtime was ready. */
  readonly killsInStart: number;
  readonly messages: number;
  readonly seconds: number;
}

export async function runCrashLoad(plan: LoadPlan): Promise<LoadOutcome> {
  const started = performance.now();
  // The moments of the kills are those of the seed, however the rest falls out.
  const [kills, traffic, delays] = [0, 1, 2].map((nth) => seededRandom(plan.seed * 3 + nth)) as [Dice, Dice, Dice];
  const server = await CountingFhirServer.start({ answerAfter: () => Math.floor(delays() * 8) });
  let runtime: RuntimeProcess | undefined;
  try {
    runtime = await RuntimeProcess.start({
      fhirBase: server.base,
      ...(plan.env && { env: plan.env }),
    });
    const load = new Load(plan, runtime.mllpPort, traffic);
    const sending = load.send();
    // Whoever waits for it hears of it; until then nobody does.
    sending.catch(() => undefined);
    const killsInStart = await killAgainAndAgain(runtime, plan.kills, kills, (kill) =>
      load.allow((kill + 2) * plan.messagesPerKill),
    );
    await sending;
    await rest(runtime);
    const found = await judge(runtime, server, load.sent, (performance.now() - started) / 60_000);
    const seconds = Math.round((performance.now() - started) / 1000);
    return { kills: plan.kills, killsInStart, messages: load.sent.length, seconds, ...found };
  } finally {
    await runtime?.dispose();
    await server.close();
  }
}

/** Gives how many of the kills came while the runtime was starting. */
async function killAgainAndAgain(
  runtime: RuntimeProcess,
  kills: number,
  random: Dice,
  onKill: (kill: number) => void,
): Promise<number> {
  let inStart = 0;
  for (let kill = 0; kill < kills; kill++) {
    const startsOver = kill > 0 && random() < KILLS_IN_START;
    if (startsOver) {
      inStart++;
      await pause(random() * LONGEST_START_MS);
    } else {
      await runtime.ready();
      await pause(random() * LONGEST_LIFE_MS);
    }
    assert.equal(runtime.ended, false, 'the runtime ended by itself');
    await runtime.kill9();
    assert.equal(runtime.endedBy, 'SIGKILL');
    onKill(kill);
    runtime.launch();
    if (kill % KILLS_IN_A_ROW === KILLS_IN_A_ROW - 1) {
      await runtime.ready();
      await rest(runtime);
    }
  }
  await runtime.ready();
  return inStart;
}

/**
 * Nothing is left to do. A dead letter is said by whoever judges; what it holds back would wait for ever. How long it takes
 * is the machine's affair, as long as work gets done.
 */
async function rest(runtime: RuntimeProcess): Promise<void> {
  // Senders may still be at it: what is left can grow while work gets done.
  let left = Number.POSITIVE_INFINITY;
  let done = -1;
  let since = Date.now();
  await runtime.until<RuntimeStatus>(
    '/status',
    (status) => {
      const { work } = status;
      const now = work.waiting + work.claimed;
      if (now === 0 || work.dead > 0) return true;
      if (now < left || work.done > done) since = Date.now();
      [left, done] = [Math.min(left, now), Math.max(done, work.done)];
      const said = (): string => `${JSON.stringify(status)}\n${runtime.lastLines()}`;
      const isStuck = Date.now() - since >= STUCK_MS;
      assert.ok(
        !isStuck,
        isStuck ? `${now} items were left, and none was done in ${STUCK_MS / 1000} s: ${said()}` : '',
      );
      return false;
    },
    DRAIN_MS,
  );
}

class Load {
  /** Answered, in the order of each patient. */
  readonly sent: Sent[] = [];
  readonly #plan: LoadPlan;
  readonly #port: number;
  readonly #random: Dice;
  readonly #total: number;
  #allowed: number;
  #begun = 0;
  #wake: (() => void)[] = [];

  constructor(plan: LoadPlan, port: number, random: Dice) {
    this.#plan = plan;
    this.#port = port;
    this.#random = random;
    this.#total = plan.kills * plan.messagesPerKill;
    this.#allowed = plan.messagesPerKill;
  }

  /** So many messages may have been begun by now: the traffic lasts as long as the kills. */
  allow(count: number): void {
    this.#allowed = count;
    for (const wake of this.#wake.splice(0)) wake();
  }

  async send(): Promise<void> {
    await Promise.all(Array.from({ length: SENDERS }, (_, sender) => this.#sendAs(sender)));
  }

  async #sendAs(number: number): Promise<void> {
    const sender = new MllpSender(this.#port);
    while (this.#begun < this.#total) {
      if (this.#begun >= this.#allowed) {
        await new Promise<void>((resolve) => this.#wake.push(resolve));
        continue;
      }
      const message = this.#next(number, this.#begun++);
      const answer = await sender.sendUntilAnswered(textOf(message));
      assert.deepEqual([answerField(answer, 'MSA', 1), answerField(answer, 'MSA', 2)], ['AA', message.controlId]);
      this.sent.push(message);
    }
    sender.close();
  }

  #next(sender: number, index: number): Sent {
    const dice = this.#random();
    const kind = dice < 0.2 ? 'critical' : dice < 0.3 ? 'discharge' : 'plain';
    const { name } = this.#plan;
    const patient = `${name}${sender}-${Math.floor(this.#random() * PATIENTS_EACH)}`;
    return {
      controlId: `${name}${String(index).padStart(6, '0')}`,
      kind,
      // A second discharge of one visit is no new fact.
      patient: kind === 'discharge' ? `${name}D${index}` : patient,
    };
  }
}

function textOf({ kind, controlId, patient }: Sent): string {
  switch (kind) {
    case 'critical':
      return oru({ controlId, patient, observations: [potassium('7.1', 'HH'), sodium('140')] });
    case 'discharge':
      return adt('A03', controlId, patient);
    case 'plain':
      return oru({ controlId, patient, observations: [potassium('4.2'), sodium('139')] });
    default:
      return kind satisfies never;
  }
}
