/**
 * The counted branches of one work item in flight: which deliveries of its messages are still owed an end.
 *
 *   branch:  open -> passed | forked | settled | failed | absorbed        (all final)
 *   item:    running -> done | failed                                     (when no branch is open; reported once)
 *
 * Each delivery that counts opens a branch below the one that sent it, before that one may end, so the number of open
 * branches cannot touch zero too early. One failed branch fails the item, after the others have ended: were it
 * reported at once, a redelivery would run beside them. Nothing here knows Node-RED, time or storage; after a crash
 * this state is gone and the whole item is delivered again. Rule: docs/decisions/0002-counted-branches.md.
 */
import type { Millis } from '../base/clock.ts';
import type { Failure, TraceHop, TraceStep } from '../store/contract/index.ts';

/** Where a branch is: a node of the flow. */
export interface Place {
  readonly id: string;
  readonly type: string;
  readonly name?: string;
}

export type BranchOutcome = { readonly kind: 'done' } | { readonly kind: 'failed'; readonly failure: Failure };

export interface ItemResult {
  readonly outcome: BranchOutcome;
  readonly trace: readonly TraceStep[];
}

export interface ItemRules {
  /** Why an item fails whose branches all ended without one of them being settled. */
  nothingSettled(last: Place): Failure;
  /** Why an item fails that opens more branches than `limit`. */
  tooMany(at: Place, limit: number): Failure;
  /** Branches one item may open, the whole delivery long, beside those of its first messages; default 5000. */
  readonly limit?: number;
  /** Branches more for each message that the source sends: a long report is no loop; default 100. */
  readonly limitPerMessage?: number;
}

const DEFAULT_LIMIT = 5000;
const DEFAULT_LIMIT_PER_MESSAGE = 100;
/** Steps kept for the trace; the first ones tell where a runaway began. */
const TRACE_LIMIT = 1000;

/** The class that decides for the item when branches failed differently: what repeating cannot mend comes first. */
const PRECEDENCE = { permanent: 0, ambiguous: 1, transient: 2, throttled: 3 } as const;

export class Branch {
  readonly number: number;
  /** Unique over deliveries of the same item: `<attempt>.<number>`. */
  readonly id: string;
  readonly parent: Branch | null;
  readonly item: ItemBranches;
  readonly place: Place;
  readonly openedAt: Millis;
  receivedAt: Millis | null = null;
  open = true;
  /** An error was reported with this branch's message, and the node has not said that it has finished. */
  troubled = false;
  /** An error of it was caught by the flow: it failed here, whatever the flow made of that. */
  caught = false;
  readonly to: TraceHop[] = [];
  note: string | undefined;
  /** For whoever drives the state: the message that carries the branch. Never looked at here. */
  carried: object | null = null;

  constructor(number: number, parent: Branch | null, item: ItemBranches, place: Place, openedAt: Millis) {
    this.number = number;
    this.id = `${item.attempt}.${number}`;
    this.parent = parent;
    this.item = item;
    this.place = place;
    this.openedAt = openedAt;
  }
}

export class ItemBranches {
  readonly attempt: number;
  readonly root: Branch;
  readonly #rules: ItemRules;
  readonly #ended: (result: ItemResult) => void;
  readonly #branches = new Map<string, Branch>();
  readonly #steps: TraceStep[] = [];
  #open = 0;
  #troubled = 0;
  #settled = 0;
  #failure: Failure | null = null;
  #over = false;

  /** `ended` is called once, at the moment the last branch ends; never after `drop`. */
  constructor(attempt: number, source: Place, at: Millis, rules: ItemRules, ended: (result: ItemResult) => void) {
    this.attempt = attempt;
    this.#rules = rules;
    this.#ended = ended;
    this.root = this.#add(null, source, at);
    this.root.receivedAt = at;
  }

  get over(): boolean {
    return this.#over;
  }

  get openBranches(): number {
    return this.#open;
  }

  /** Places that the item still waits for. */
  *openPlaces(): Iterable<Place> {
    for (const branch of this.#branches.values()) if (branch.open) yield branch.place;
  }

  find(id: string): Branch | undefined {
    return this.#branches.get(id);
  }

  /** A delivery to `place` begins, by the output `port` where a wire leads there. `undefined`: the item is over, or has opened more than it may. */
  openChild(parent: Branch, place: Place, at: Millis, port: number | null = null): Branch | undefined {
    if (this.#over) return undefined;
    const limit = this.#limit(parent);
    if (this.#branches.size >= limit) {
      this.#fail(this.#rules.tooMany(place, limit));
      return undefined;
    }
    parent.to.push({ node: place.id, port });
    return this.#add(parent, place, at);
  }

  /** No loop leads back to a source, so that what it sends says how much there is to do. */
  #limit(parent: Branch): number {
    const { limit = DEFAULT_LIMIT, limitPerMessage = DEFAULT_LIMIT_PER_MESSAGE } = this.#rules;
    const first = this.root.to.length + (parent === this.root ? 1 : 0);
    return limit + first * limitPerMessage;
  }

  /**
   * The node has finished with the branch's message. Where nothing was sent on, `otherwise` says what that means:
   * the branch failed, or the node keeps messages on purpose.
   */
  complete(branch: Branch, at: Millis, otherwise: (branch: Branch) => Failure | 'absorbed'): void {
    if (!branch.open) return;
    if (branch.caught) return this.#close(branch, at, 'failed');
    if (branch.to.length > 0) return this.#close(branch, at, branch.to.length > 1 ? 'forked' : 'passed');
    const end = otherwise(branch);
    if (end === 'absorbed') return this.#close(branch, at, 'absorbed');
    this.#fail(end);
    this.#close(branch, at, 'failed');
  }

  /** A settling node ends the branch. `false`: it had ended; the first outcome counts. */
  settle(branch: Branch, outcome: BranchOutcome, at: Millis): boolean {
    if (!branch.open || this.#over) return false;
    if (outcome.kind === 'done') this.#settled++;
    else this.#fail(outcome.failure);
    this.#close(branch, at, outcome.kind === 'done' ? 'settled' : 'failed');
    return true;
  }

  /**
   * An error of the branch's message went to a `catch`. The node may still finish; but it may also never say so, and
   * an item that has failed does not wait for such branches.
   */
  trouble(branch: Branch, at: Millis): void {
    if (!branch.open || branch.troubled) return;
    branch.troubled = true;
    this.#troubled++;
    this.#endIfOver(branch, at);
  }

  /** The item is delivered again elsewhere, or never: nothing is reported any more. */
  drop(): void {
    this.#over = true;
  }

  #add(parent: Branch | null, place: Place, at: Millis): Branch {
    const branch = new Branch(this.#branches.size, parent, this, place, at);
    this.#branches.set(branch.id, branch);
    this.#open++;
    return branch;
  }

  #fail(failure: Failure): void {
    if (!this.#failure || PRECEDENCE[failure.class] < PRECEDENCE[this.#failure.class]) this.#failure = failure;
  }

  #close(branch: Branch, at: Millis, outcome: TraceStep['outcome']): void {
    if (this.#over) return;
    branch.open = false;
    this.#open--;
    if (branch.troubled) this.#troubled--;
    this.#record(branch, at, outcome);
    this.#endIfOver(branch, at);
  }

  #endIfOver(last: Branch, at: Millis): void {
    if (this.#over || (this.#open > 0 && !(this.#failure && this.#open === this.#troubled))) return;
    this.#over = true;
    if (this.#open > 0)
      for (const branch of this.#branches.values()) if (branch.open) this.#record(branch, at, 'failed');
    if (!this.#failure && this.#settled === 0) this.#failure = this.#rules.nothingSettled(last.place);
    this.#ended({
      outcome: this.#failure ? { kind: 'failed', failure: this.#failure } : { kind: 'done' },
      trace: this.#steps,
    });
  }

  #record(branch: Branch, at: Millis, outcome: TraceStep['outcome']): void {
    if (this.#steps.length >= TRACE_LIMIT) return;
    const { place, parent, receivedAt, note } = branch;
    this.#steps.push({
      branch: String(branch.number),
      parent: parent ? String(parent.number) : null,
      node: { id: place.id, type: place.type, name: place.name ?? '' },
      at: receivedAt ?? branch.openedAt,
      ms: receivedAt === null ? null : at - receivedAt,
      outcome,
      to: branch.to,
      ...(note === undefined ? {} : { note }),
    });
  }
}
