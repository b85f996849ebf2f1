/**
 * The receiver of a scenario: takes HL7 messages over MLLP, acknowledges them (original mode), keeps them in memory, and
 * shows the faults that a real one shows. A message that comes again, the same to the byte, is taken for a resend.
 */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { buildAck, frame, Hl7Message, MllpFramer } from '../../engine/index.ts';
import type { Fault, FaultKind } from './scenario.ts';
import type { Simulator } from './simulator.ts';

export interface TakenMessage {
  readonly controlId: string;
  readonly message: Hl7Message;
  /** How often it came. */
  readonly arrivals: number;
  /** MSA-1 of the last answer; `null`: it has had none. */
  readonly answer: string | null;
  /** Among the messages that it acknowledged, from 1 in the order in which it first did; `null`: it did not. */
  readonly place: number | null;
}

interface Kept extends Omit<TakenMessage, 'arrivals' | 'answer' | 'place'> {
  readonly bytes: Buffer;
  arrivals: number;
  answer: string | null;
  place: number | null;
}

interface HeldAnswer {
  readonly socket: Socket;
  /** `null`: never. */
  readonly at: number | null;
  readonly send: () => void;
}

const WELL: Fault = { kind: 'none' };
const SLOW_SECONDS = 10;
/** As table 0357 has it: an error of the application itself. */
const REFUSED = { code: 'AE', error: '207' } as const;

export const RECEIVER_FAULTS: ReadonlySet<FaultKind> = new Set([
  'none',
  'down',
  'timeout',
  'lost-answer',
  'half-answer',
  'refuse',
  'slow',
  'wrong-id',
  'twice',
]);

export class MllpSimulator implements Simulator {
  readonly faults = RECEIVER_FAULTS;
  readonly serving = 0;
  readonly #server: Server;
  readonly #now: () => number;
  readonly #sockets = new Set<Socket>();
  readonly #kept: Kept[] = [];
  readonly #held = new Set<HeldAnswer>();
  #port = 0;
  #fault: Fault = WELL;
  #left = 0;
  #met = 0;
  #accepted = 0;
  #answers = 0;
  #listening = false;

  private constructor(now: () => number) {
    this.#now = now;
    this.#server = createServer((socket) => this.#serve(socket));
  }

  /** `now`: the scenario's clock. */
  static async start(now: () => number): Promise<MllpSimulator> {
    const made = new MllpSimulator(now);
    await made.#listen();
    return made;
  }

  get port(): number {
    return this.#port;
  }

  get held(): number {
    return this.#held.size;
  }

  get nextAt(): number | null {
    const times = [...this.#held].flatMap(({ at }) => at ?? []);
    return times.length === 0 ? null : Math.min(...times);
  }

  get faultUnmet(): boolean {
    const { kind, times = 1 } = this.#fault;
    return kind !== 'none' && kind !== 'down' && this.#met < times;
  }

  /** All that came, in the order in which each came first. */
  messages(): readonly TakenMessage[] {
    return this.#kept;
  }

  binding(): object {
    return { kind: 'mllp', host: '127.0.0.1', port: this.#port, answerMs: 30_000, connections: 1, idleMs: 0 };
  }

  async setFault(fault: Fault): Promise<void> {
    this.#fault = fault;
    this.#met = 0;
    this.#left = fault.times ?? Number.POSITIVE_INFINITY;
    // Who was kept waiting gets nothing any more, as after a restart of the receiver.
    for (const { socket } of this.#held) socket.destroy();
    this.#held.clear();
    if (fault.kind === 'down') await this.#unlisten();
    else await this.#listen();
  }

  tick(now: number): boolean {
    const due = [...this.#held].filter(({ at }) => at !== null && at <= now);
    for (const one of due) {
      this.#held.delete(one);
      one.send();
    }
    return due.length > 0;
  }

  close(): Promise<void> {
    return this.#unlisten();
  }

  async #listen(): Promise<void> {
    if (this.#listening) return;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#port, '127.0.0.1', resolve);
    });
    this.#listening = true;
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async #unlisten(): Promise<void> {
    if (!this.#listening) return;
    this.#listening = false;
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(socket: Socket): void {
    const framer = new MllpFramer();
    this.#sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.#sockets.delete(socket);
      for (const one of this.#held) if (one.socket === socket) this.#held.delete(one);
    });
    socket.on('data', (chunk) => {
      for (const framed of framer.push(chunk)) if (framed.kind === 'frame') this.#take(socket, framed.bytes);
    });
  }

  #take(socket: Socket, bytes: Uint8Array): void {
    const kept = this.#keep(bytes);
    const fault = this.#faultFor(kept);
    const accept = (): void => this.#answer(socket, kept, 'AA');
    switch (fault.kind) {
      case 'timeout':
        return this.#hold(socket, null, () => undefined);
      case 'slow':
        return this.#hold(socket, this.#now() + (fault.seconds ?? SLOW_SECONDS) * 1000, accept);
      case 'lost-answer':
        this.#note(kept, 'AA');
        kept.answer = null;
        return void socket.destroy();
      case 'half-answer': {
        const whole = frame(this.#note(kept, 'AA'));
        kept.answer = null;
        // Without the end of the frame, and with it the connection.
        return void socket.end(whole.subarray(0, Math.floor(whole.length / 2)));
      }
      case 'refuse':
        return this.#answer(socket, kept, fault.code ?? REFUSED.code, fault.error ?? REFUSED.error);
      case 'wrong-id': {
        const other = kept.message.clone().set('MSH-10', `X${kept.controlId}`);
        socket.write(frame(this.#acknowledgement(other, 'AA')));
        return this.#hold(socket, null, () => undefined);
      }
      case 'twice':
        accept();
        return accept();
      case 'down':
        return void socket.destroy();
      case 'none':
        return accept();
      default:
        // Not one of ours: the runner has said so.
        return accept();
    }
  }

  #hold(socket: Socket, at: number | null, send: () => void): void {
    this.#held.add({ socket, at, send });
  }

  #answer(socket: Socket, kept: Kept, code: string, error?: string): void {
    socket.write(frame(this.#note(kept, code, error)));
  }

  /** The answer, noted as given. */
  #note(kept: Kept, code: string, error?: string): Uint8Array {
    kept.answer = code;
    if (code === 'AA' || code === 'CA') kept.place ??= ++this.#accepted;
    return this.#acknowledgement(kept.message, code, error);
  }

  #acknowledgement(message: Hl7Message, code: string, error?: string): Uint8Array {
    const controlId = `R${++this.#answers}`;
    const answer = buildAck(message, { code: 'AA', controlId, now: this.#now() }).set('MSA-1', code);
    if (error !== undefined) answer.addSegment('ERR').set('ERR-3', error).set('ERR-4', 'E');
    return answer.toBytes();
  }

  #keep(bytes: Uint8Array): Kept {
    const copy = Buffer.from(bytes);
    const known = this.#kept.find((one) => one.bytes.equals(copy));
    if (known) {
      known.arrivals++;
      return known;
    }
    const message = Hl7Message.parse(copy);
    const kept = { controlId: message.controlId, message, bytes: copy, arrivals: 1, answer: null, place: null };
    this.#kept.push(kept);
    return kept;
  }

  #faultFor({ message }: Kept): Fault {
    const fault = this.#fault;
    const isMeant = fault.type === undefined || fault.type === message.type;
    if (!isMeant || this.#left <= 0) return WELL;
    this.#left--;
    this.#met++;
    return fault;
  }
}
