/**
 * What `node-red -s` is started with for a scenario: the runtime of settings.ts, its engine on a clock that stands still.
 * The parent moves it over the process's own IPC channel, which nobody else can open; without a parent it does not start.
 * Production and staging are started with settings.ts, which has no such door.
 */
import { subscribe } from 'node:diagnostics_channel';
import { createRequire } from 'node:module';
import type { Server } from 'node:http';
import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises';
import { ManualClock, type Store } from '../../engine/index.ts';
import { composeSettings } from '../../runtime/compose-settings.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { Answer, Question, Rest } from './clock-channel.ts';
import { actOnTask, peopleOf } from './people-in-runtime.ts';
import { recordingChannels } from './recording-channels.ts';

interface NodeRedModule {
  readonly server: Server | null;
  readonly hooks: { add(hook: string, callback: (event: unknown) => unknown): void };
}

if (!process.send) throw new TypeError('this runtime is started by the runner of scenarios only');

const clock = new ManualClock(Number(process.argv.at(-1)));
/** Grows with everything that happens; what stands still for a while is at rest. */
let happened = 0;
let storeCalls = 0;
const requests = new Set<unknown>();
let runtime: Runtime | undefined;
const channels = recordingChannels(
  (process.env['SCENARIO_CHANNELS'] ?? '').split(' ').filter((name) => name !== ''),
  clock,
);

function counted(store: Store): Store {
  const parts = Object.entries(store).map(([name, part]) => [name, isPart(part) ? countedPart(part) : part]);
  return Object.fromEntries(parts) as Store;
}

const isPart = (value: unknown): value is object => typeof value === 'object' && value !== null;

function countedPart(part: object): object {
  return new Proxy(part, {
    get(target, name, receiver) {
      const method: unknown = Reflect.get(target, name, receiver);
      if (typeof method !== 'function') return method;
      return (...given: readonly unknown[]): unknown => {
        const answer: unknown = Reflect.apply(method, target, given);
        if (!(answer instanceof Promise)) return answer;
        storeCalls++;
        happened++;
        const over = (): void => {
          storeCalls--;
          happened++;
        };
        answer.then(over, over);
        return answer;
      };
    },
  });
}

function watchRequests(): void {
  const requestOf = (message: unknown): unknown => (message as { readonly request?: unknown }).request;
  subscribe('undici:request:create', (message) => {
    happened++;
    requests.add(requestOf(message));
  });
  for (const end of ['undici:request:trailers', 'undici:request:error'])
    subscribe(end, (message) => {
      happened++;
      requests.delete(requestOf(message));
    });
}

/** With a receiver now. */
const messages = (): number => runtime?.messagesUnderWay() ?? 0;

/** Longer than anything of ours gathers before it acts (2 ms in the dispatcher), several times over. */
const CALM_ROUNDS = 3;

/** A file is read, or a module loaded: done by a thread that a busy machine may leave waiting far longer than the rounds take. */
const readsFiles = (): boolean => process.getActiveResourcesInfo().some((what) => what.startsWith('FSReq'));

async function atRest(): Promise<void> {
  let calm = 0;
  for (let [seen, sent] = [happened, messages()]; calm < CALM_ROUNDS; [seen, sent] = [happened, messages()]) {
    for (let i = 0; i < 10; i++) await turn();
    await pause(2);
    calm = storeCalls > 0 || readsFiles() || happened !== seen || messages() !== sent ? 0 : calm + 1;
  }
}

async function answer(question: Question): Promise<Answer['answer']> {
  switch (question.kind) {
    case 'rest':
      return rest(question.move);
    case 'fault':
      channels.setFault(question.channel, question.fault);
      return null;
    case 'look':
      return runtime ? peopleOf(runtime.services.engine, channels) : null;
    case 'task':
      return runtime ? actOnTask(runtime.services.engine, question.task, question.act) : null;
    default:
      return question satisfies never;
  }
}

async function rest(move: number | undefined): Promise<Rest> {
  if (move !== undefined) clock.set(Math.max(clock.now(), move));
  await atRest();
  return { now: clock.now(), next: clock.nextAt, requests: requests.size + messages() };
}

function serve(): void {
  process.on('message', (question: Question) => {
    void answer(question).then((one) => process.send?.({ id: question.id, answer: one } satisfies Answer));
  });
  const red = createRequire(import.meta.url)('node-red') as NodeRedModule;
  const look = setInterval(() => {
    if (runtime?.running !== true) return;
    clearInterval(look);
    red.hooks.add('onSend.wardflow-scenario', (events) => {
      void events;
      happened++;
    });
    const address = red.server?.address();
    if (typeof address === 'object' && address) process.send?.({ ready: address.port });
  }, 20);
}

// Not copied: `wardflow` is a getter that has its value only when the runtime is prepared.
const settings = Object.assign(
  composeSettings(process.env, {
    engine: { clock, random: () => 0.5, aroundStore: counted, alertChannels: channels.channels },
    onRuntime: (made) => {
      runtime = made;
    },
  }),
  { uiPort: 0 },
);
watchRequests();
serve();

export { settings as 'module.exports' };
