/** Runs one scenario: starts its world, takes the steps one after the other, and compares. */
import { BOUND_BY, bounded, connectMllp, durationMs, type FlowNode } from '../../engine/index.ts';
import type { EscalationList, MessageList } from '../../runtime/api/contract.ts';
import jsonata from 'jsonata';
import { actOnAlert, actOnFallback, actOnTask, decideReview, type Actors } from './act.ts';
import { channelNames } from './channel-names.ts';
import { FhirSimulator } from './fhir-simulator.ts';
import { differenceOf } from './judge.ts';
import { HttpSimulator } from './http-simulator.ts';
import { MllpSimulator } from './mllp-simulator.ts';
import { observe, type EndpointSimulator, type Observed, type World } from './observed.ts';
import { userOf, type ChannelFault } from './people.ts';
import { DEFAULT_NOW, labelOf, type Expectation, type Fault, type Scenario, type Send, type Step } from './scenario.ts';
import { ScenarioRuntime } from './scenario-runtime.ts';

export interface ScenarioSubject {
  readonly definition: string;
  readonly files: Readonly<Record<string, string>>;
  readonly shared: Readonly<Record<string, string>> | undefined;
  /** Its own nodes and those of `_shared`. */
  readonly nodes: readonly FlowNode[];
}

export interface ScenarioResult {
  readonly scenario: string;
  readonly title: string;
  readonly ok: boolean;
  /** What is not as expected, in the order of the file. */
  readonly differences: readonly { readonly place: string; readonly text: string }[];
  /** Expectations compared. */
  readonly compared: number;
  readonly observed: Observed;
  /** In real time. */
  readonly tookMs: number;
}

const SIMULATORS = { fhir: FhirSimulator, mllp: MllpSimulator, http: HttpSimulator } as const;

export async function runScenario(subject: ScenarioSubject, scenario: Scenario): Promise<ScenarioResult> {
  const begun = performance.now();
  const startedAt = Date.parse(scenario.given?.now ?? DEFAULT_NOW);
  const endpoints = new Map<string, EndpointSimulator>();
  let runtime: ScenarioRuntime | undefined;
  try {
    const now = (): number => runtime?.now ?? startedAt;
    for (const { type, name = '' } of subject.nodes) {
      const kind = BOUND_BY[type];
      if (endpoints.has(name) || kind === undefined || kind === 'feed') continue;
      endpoints.set(name, await SIMULATORS[kind].start(now));
    }
    for (const [name, { resources = [], answers = [] }] of Object.entries(scenario.given?.endpoints ?? {})) {
      const simulator = endpoints.get(name);
      if (simulator instanceof FhirSimulator) for (const resource of resources) simulator.put(resource);
      if (simulator instanceof HttpSimulator) simulator.give(answers);
    }
    const { roster } = scenario.given ?? {};
    const channels = channelNames({ ...subject.shared, ...subject.files });
    const given = { scenario: scenario.name, now: startedAt, endpoints, channels, ...(roster && { roster }) };
    runtime = await ScenarioRuntime.start({ ...subject, ...given });
    const { definition } = subject;
    const run = new Run(subject, { runtime, definition, endpoints, messages: new Map(), startedAt }, channels);
    for (const [name, fault] of Object.entries(scenario.given?.channels ?? {}))
      await run.setChannel(name, fault, `given.channels.${name}`);
    for (const [name, { fault, resources = [], answers = [] }] of Object.entries(scenario.given?.endpoints ?? {}))
      await run.given(name, fault, { resources: resources.length > 0, answers: answers.length > 0 });
    for (const [i, step] of scenario.steps.entries()) await run.take(step, `steps[${i}]`);
    await runtime.rest();
    const observed = await run.compare(scenario.expect, 'expect');
    for (const name of endpoints.keys()) run.met(name, 'steps');
    for (const name of channels) await run.metChannel(name, 'steps');
    const { differences, compared } = run;
    const tookMs = Math.round(performance.now() - begun);
    const { name, title } = scenario;
    return { scenario: name, title, ok: differences.length === 0, differences, compared, observed, tookMs };
  } finally {
    await runtime?.stop();
    for (const simulator of endpoints.values()) await simulator.close();
  }
}

const ANSWER_WITHIN_MS = 20_000;

class Run {
  readonly differences: { place: string; text: string }[] = [];
  compared = 0;
  readonly #subject: ScenarioSubject;
  readonly #world: World & { readonly messages: Map<string, string> };
  readonly #channels: readonly string[];
  readonly #channelFaults = new Map<string, { readonly fault: ChannelFault; readonly before: number }>();

  constructor(
    subject: ScenarioSubject,
    world: World & { readonly messages: Map<string, string> },
    channels: readonly string[],
  ) {
    this.#subject = subject;
    this.#world = world;
    this.#channels = channels;
  }

  async take(step: Step, place: string): Promise<void> {
    const { runtime, endpoints, startedAt } = this.#world;
    await runtime.goTo(startedAt + (durationMs(step.at) ?? 0));
    const { send, advance, ack, fault, change, channel, task, alert, fallback, review, expect } = step;
    if (send) await this.#send(send, place);
    if (advance !== undefined) await runtime.goTo(runtime.now + (durationMs(advance) ?? 0));
    if (fault) {
      if (endpoints.has(fault.endpoint)) this.met(fault.endpoint, place);
      await this.#setFault(fault.endpoint, fault, place);
    }
    if (change) await this.#change(change, place);
    if (ack) await this.#acknowledge(ack, place);
    if (channel) await this.setChannel(channel.name, channel, place);
    if (task) this.#acted(await actOnTask(this.#actors, task), place);
    if (alert) this.#acted(await actOnAlert(this.#actors, alert), place);
    if (fallback) this.#acted(await actOnFallback(this.#actors, fallback), place);
    if (review) this.#acted(await decideReview(this.#actors, review), place);
    if (expect) await this.compare(expect, `${place}.expect`);
    await runtime.rest();
  }

  /** What holds from the beginning on, before anything was sent. */
  async given(
    endpoint: string,
    fault: Fault | undefined,
    has: { readonly resources: boolean; readonly answers: boolean },
  ): Promise<void> {
    const place = `given.endpoints.${endpoint}`;
    const simulator = this.#world.endpoints.get(endpoint);
    if (has.resources && !(simulator instanceof FhirSimulator))
      this.#differs(place, `there is no FHIR server "${endpoint}" to have resources`);
    if (has.answers && !(simulator instanceof HttpSimulator))
      this.#differs(place, `there is no HTTP server "${endpoint}" to give answers`);
    if (fault) await this.#setFault(endpoint, fault, place);
  }

  async setChannel(name: string, fault: ChannelFault, place: string): Promise<void> {
    if (!this.#channels.includes(name)) return this.#differs(place, `no policy names the channel "${name}"`);
    await this.metChannel(name, place);
    await this.#world.runtime.setChannelFault(name, fault);
    this.#channelFaults.set(name, { fault, before: await this.#toldBy(name) });
  }

  /** As `met`, of an alert channel. */
  async metChannel(name: string, place: string): Promise<void> {
    const set = this.#channelFaults.get(name);
    if (!set || set.fault.kind === 'none') return;
    if ((await this.#toldBy(name)) - set.before < (set.fault.times ?? 1))
      this.#differs(place, `the fault of the channel "${name}" until here was met by fewer alerts than it should be`);
  }

  async #toldBy(name: string): Promise<number> {
    return (await this.#world.runtime.people()).told.filter(({ channel }) => channel === name).length;
  }

  get #actors(): Actors {
    return this.#world;
  }

  #acted(difference: string | null, place: string): void {
    if (difference !== null) this.#differs(place, difference);
  }

  async #setFault(endpoint: string, fault: Fault, place: string): Promise<void> {
    const simulator = this.#world.endpoints.get(endpoint);
    if (!simulator) return this.#differs(place, `there is no endpoint "${endpoint}"`);
    if (!simulator.faults.has(fault.kind))
      return this.#differs(place, `the endpoint "${endpoint}" has no fault "${fault.kind}": it is of another kind`);
    await simulator.setFault(fault);
  }

  async compare(expectations: readonly Expectation[], place: string): Promise<Observed> {
    const observed = await observe(this.#world);
    for (const [i, one] of expectations.entries()) {
      this.compared++;
      const text = await differenceOf(one, observed);
      if (text !== null) this.#differs(`${place}[${i}]`, text);
    }
    return observed;
  }

  /** A fault that nothing has met would make a scenario pass that shows nothing. */
  met(endpoint: string, place: string): void {
    if (this.#world.endpoints.get(endpoint)?.faultUnmet === true)
      this.#differs(place, `the fault of "${endpoint}" until here was met by fewer requests than it should be`);
  }

  async #send(send: Send, place: string): Promise<void> {
    const { runtime, messages } = this.#world;
    const client = await connectMllp({
      host: '127.0.0.1',
      port: await runtime.portOf(send.feed),
      answerWithinMs: ANSWER_WITHIN_MS,
    });
    try {
      const answer = new TextDecoder().decode(await client.exchange(new TextEncoder().encode(this.#textOf(send))));
      const code = /(?:^|\r)MSA\|(\w+)/.exec(answer)?.[1] ?? 'none';
      const wanted = send.answer ?? 'AA';
      if (code !== wanted) this.#differs(place, `the sender was answered ${code}, expected ${wanted}`);
    } finally {
      client.close();
    }
    const [newest] = (await runtime.api<MessageList>('/messages?limit=1')).messages;
    if (newest) messages.set(labelOf(send), newest.id);
  }

  #textOf({ sample, text, replace = [] }: Send): string {
    let message = text ?? this.#subject.files[`samples/${sample ?? ''}`] ?? '';
    for (const [from, to] of replace) message = message.replaceAll(from, to);
    return message.trimEnd().replaceAll(/\r?\n|\r/g, '\r');
  }

  async #acknowledge({ by, of }: NonNullable<Step['ack']>, place: string): Promise<void> {
    const { runtime, messages } = this.#world;
    const message = of === undefined ? '' : `&message=${messages.get(of) ?? ''}`;
    const { escalations } = await runtime.api<EscalationList>(`/escalations?state=open,exhausted&limit=500${message}`);
    const oldest = escalations.at(-1);
    if (!oldest) return this.#differs(place, 'nothing waits for an answer');
    const actor = `user:${userOf(by)}`;
    await runtime.api(`/escalations/${oldest.id}/acknowledge`, { method: 'POST', body: {}, actor });
  }

  async #change({ endpoint, type, match, set }: NonNullable<Step['change']>, place: string): Promise<void> {
    const simulator = this.#world.endpoints.get(endpoint);
    if (!(simulator instanceof FhirSimulator)) return this.#differs(place, `there is no FHIR server "${endpoint}"`);
    let changed = 0;
    for (const resource of simulator.all(type)) {
      if (match !== undefined && (await bounded(jsonata(match)).evaluate(resource)) !== true) continue;
      simulator.change(resource, set);
      changed++;
    }
    if (changed === 0) this.#differs(place, `no ${type} at "${endpoint}" is there to be changed`);
  }

  #differs(place: string, text: string): void {
    this.differences.push({ place, text });
  }
}
