/** The work items in flight: each with its claim, its counted branches and the context its messages carry. */
import {
  ItemBranches,
  type Branch,
  type ClaimedWork,
  type ItemResult,
  type ItemRules,
  type NewWork,
  type Place,
} from '../../engine/index.ts';
import type { MessageContext } from '../services.ts';
import { ReadsOfItem } from '../reads-of-item.ts';

export class Flight extends ItemBranches {
  readonly work: ClaimedWork;
  /** All but the branch. */
  readonly context: MessageContext;
  /** Child items that begin when the item ends well, by key. */
  readonly children = new Map<string, NewWork>();
  readonly reads = new ReadsOfItem();

  constructor(
    work: ClaimedWork,
    context: Omit<MessageContext, 'branch'>,
    source: Place,
    at: number,
    rules: ItemRules,
    ended: (result: ItemResult) => void,
  ) {
    super(work.attempt, source, at, rules, ended);
    this.work = work;
    this.context = { ...context, branch: this.root.id };
  }
}

/** Far more than all sources together may have in flight. */
const MOST_FLIGHTS = 20_000;

export class Flights {
  readonly #byWork = new Map<string, Flight>();

  get size(): number {
    return this.#byWork.size;
  }

  /** An earlier delivery of the same item, whose lease was lost, ends here without a report. */
  add(flight: Flight): void {
    this.#byWork.get(flight.work.id)?.drop();
    this.#byWork.delete(flight.work.id);
    this.#byWork.set(flight.work.id, flight);
    if (this.#byWork.size > MOST_FLIGHTS) this.#dropOldest();
  }

  /** An item that got stuck is taken over by its lease, perhaps by another process: nobody comes to end it here. */
  #dropOldest(): void {
    for (const oldest of this.#byWork.values()) {
      oldest.drop();
      return this.remove(oldest);
    }
  }

  remove(flight: Flight): void {
    if (this.#byWork.get(flight.work.id) === flight) this.#byWork.delete(flight.work.id);
  }

  /** The node that an item in flight came to last and waits for. */
  openAt(workId: string): { readonly id: string; readonly type: string; readonly name: string } | undefined {
    const last = [...(this.#byWork.get(workId)?.openPlaces() ?? [])].at(-1);
    return last && { id: last.id, type: last.type, name: last.name ?? '' };
  }

  all(): readonly Flight[] {
    return [...this.#byWork.values()];
  }

  /** The flight that a message's context belongs to; `undefined` once it has ended or was delivered anew. */
  of(context: MessageContext | undefined): Flight | undefined {
    const flight = typeof context?.workId === 'string' ? this.#byWork.get(context.workId) : undefined;
    return flight && context && flight.attempt === context.attempt ? flight : undefined;
  }

  branch(context: MessageContext | undefined): Branch | undefined {
    return typeof context?.branch === 'string' ? this.of(context)?.find(context.branch) : undefined;
  }
}

export function flightOf(branch: Branch): Flight {
  if (branch.item instanceof Flight) return branch.item;
  throw new TypeError('the branch belongs to no flight');
}
