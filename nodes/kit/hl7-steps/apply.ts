/**
 * Changes a message step by step: what `hl7 edit` and `hl7 build` do, and what their previews show. Each step finds all its
 * places in the message as the steps before it have left it; what a step says is evaluated there before any of them is
 * written. The message given stays as it is.
 *
 * Over 300 lines: the kinds of steps share what they know of places, limits and problems.
 */
import { WardflowError, type Hl7Change, type Hl7Message } from '../../../engine/index.ts';
import { nodeErrors } from '../errors.ts';
import { textOf } from '../one-line.ts';
import { textToCopy } from './copy.ts';
import { Added } from './added.ts';
import { pathOf, placeOf, type PlacePattern } from './place.ts';
import type { Step } from './steps.ts';

/** What is done where a segment that a step names is not there. */
export type IfMissing = 'fail' | 'skip' | 'add';

/** What expressions see as `here`. */
export interface Here {
  /** `OBX[2]-5`: ready for `$lookup(payload.fields, here.path)`. */
  readonly path: string;
  /** Number of the segment among those of its name, from 1. */
  readonly segment: number;
  /** Number of the repetition, from 1. */
  readonly repetition: number;
  /** What stands there now; '' where nothing does. */
  readonly value: string;
}

export interface ApplyOptions {
  readonly ifMissing: IfMissing;
  /** What `hl7` values are read from; default: the message as it is at that step. */
  readonly copyFrom?: Hl7Message | undefined;
  /** The value of a step's field, with `here` and the message as it is now. */
  readonly evaluate: (step: number, field: 'value' | 'when', now: Hl7Message, here: Here) => Promise<unknown>;
  /** Places in all: a sender decides how many segments there are. */
  readonly mostPlaces: number;
  /** The node's label, for problems. */
  readonly node: string;
}

export interface ApplyProblem {
  /** From 0. */
  readonly step: number;
  readonly field: 'path' | 'value' | 'when';
  readonly path: string;
  readonly error: WardflowError;
}

export interface AppliedStep {
  readonly step: number;
  /** The first of its places that was written, and how many there were. */
  readonly path: string;
  readonly places: number;
  /** As text, for the first place. */
  readonly before: string;
  readonly after: string;
}

export interface Applied {
  /** With all steps that could be done. */
  readonly message: Hl7Message;
  readonly problems: readonly ApplyProblem[];
  readonly done: readonly AppliedStep[];
}

export async function applySteps(given: Hl7Message, steps: readonly Step[], options: ApplyOptions): Promise<Applied> {
  const run = new Run(given.clone(), options);
  for (const [at, step] of steps.entries()) await run.take(step, at);
  return run;
}

interface Place {
  readonly path: string;
  readonly occurrence: number;
  readonly repetition: number;
  /** Its segment is not there. */
  readonly missing: boolean;
}

/** Longest value that a step writes, in characters: a document inside a message. */
const LONGEST_VALUE = 16 * 1024 * 1024;
/** All that one step writes at its places together: what would be longer than a message may be is not looked through for each. */
const LONGEST_IN_ALL = 32 * 1024 * 1024;

class Run implements Applied {
  message: Hl7Message;
  readonly problems: ApplyProblem[] = [];
  readonly done: AppliedStep[] = [];
  readonly #options: ApplyOptions;
  readonly #added = new Added();
  #places = 0;

  constructor(message: Hl7Message, options: ApplyOptions) {
    this.message = message;
    this.#options = options;
  }

  async take(step: Step, at: number): Promise<void> {
    const tell = (field: ApplyProblem['field'], path: string, error: unknown): void => {
      if (!(error instanceof WardflowError)) throw error;
      this.problems.push({ step: at, field, path, error });
    };
    const pattern = placeOf(step.path);
    if (!pattern)
      return tell('path', step.path, nodeErrors.create('hl7-step-wrong', { node: this.#options.node, step: at + 1 }));
    try {
      if (step.do === 'add') await this.#add(step, at, pattern, tell);
      else await this.#change(step, at, pattern, tell);
    } catch (error) {
      tell('path', step.path, error);
    }
  }

  async #change(step: Step, at: number, pattern: PlacePattern, tell: Tell): Promise<void> {
    const changes: Hl7Change[] = [];
    const written: Place[] = [];
    const places = this.#expand(pattern);
    let length = 0;
    for (const place of places) {
      const here = this.#here(place, pattern);
      let change: Hl7Change | null;
      try {
        if (!(await this.#wanted(step, at, here))) continue;
      } catch (error) {
        tell('when', place.path, error);
        return;
      }
      try {
        change =
          place.missing && this.#options.ifMissing === 'skip'
            ? null
            : await this.#changeAt(step, at, pattern, place, here);
      } catch (error) {
        tell('value', place.path, error);
        return;
      }
      if (change === null) continue;
      if ('text' in change && (length += change.text.length) > LONGEST_IN_ALL) {
        const details = { field: `step ${at + 1}, value`, node: this.#options.node, limit: LONGEST_IN_ALL };
        return tell('value', place.path, nodeErrors.create('value-too-large', details));
      }
      if (place.missing) {
        if (this.#options.ifMissing === 'fail') return tell('path', place.path, noSegment(pattern.segment, place.path));
        // Only one place can be wanting: those of "each" are found, not asked for.
        this.#makeRoom(pattern, place);
      }
      changes.push(change);
      written.push(place);
    }
    const [first] = written;
    if (!first) return;
    const before = pattern.field === 0 ? '' : this.message.raw(first.path);
    this.message.change(changes);
    const removed = step.do === 'remove';
    if (removed && pattern.field === 0)
      this.#added.removed(
        pattern.segment,
        written.map(({ occurrence }) => occurrence),
      );
    const after = removed ? '' : this.message.raw(first.path);
    this.done.push({ step: at, path: first.path, places: written.length, before, after });
  }

  async #changeAt(
    step: Step,
    at: number,
    pattern: PlacePattern,
    { path, occurrence, repetition, missing }: Place,
    here: Here,
  ): Promise<Hl7Change | null> {
    switch (step.do) {
      case 'clear':
        // Nothing to empty: to write there would only add separators.
        return missing || this.message.raw(path) === '' ? null : { kind: 'raw', path, text: '' };
      case 'null':
        return { kind: 'raw', path, text: '""' };
      case 'remove':
        if (missing) return null;
        return pattern.field === 0
          ? { kind: 'remove-segment', segment: pattern.segment, occurrence }
          : { kind: 'remove-repetition', path };
      case 'set':
        if (step.kind === 'hl7') {
          const from = this.#options.copyFrom ?? this.message;
          const text = textToCopy({
            from,
            to: this.message,
            source: step.value,
            pattern,
            path,
            occurrence,
            repetition,
          });
          return { kind: 'raw', path, text };
        }
        return { kind: 'value', path, text: await this.#value(at, here) };
      case 'raw':
        return { kind: 'raw', path, text: await this.#value(at, here) };
      case 'add':
        return null;
      default:
        return step.do satisfies never;
    }
  }

  async #value(at: number, here: Here): Promise<string> {
    const { node } = this.#options;
    const value = await this.#options.evaluate(at, 'value', this.message, here);
    const details = { field: `step ${at + 1}, value`, node };
    if (value === undefined || value === null || value === '') throw nodeErrors.create('expression-empty', details);
    if (typeof value === 'object') throw nodeErrors.create('expression-kind', { ...details, expected: 'text' });
    const text = textOf(value);
    if (text.length > LONGEST_VALUE) throw nodeErrors.create('value-too-large', { ...details, limit: LONGEST_VALUE });
    return text;
  }

  async #wanted(step: Step, at: number, here: Here): Promise<boolean> {
    if (step.when.trim() === '') return true;
    const answer = await this.#options.evaluate(at, 'when', this.message, here);
    if (answer === true) return true;
    if (answer === false || answer === undefined || answer === null) return false;
    const { node } = this.#options;
    throw nodeErrors.create('expression-kind', { field: `step ${at + 1}, only if`, node, expected: 'true or false' });
  }

  async #add(step: Step, at: number, pattern: PlacePattern, tell: Tell): Promise<void> {
    const { ifMissing } = this.#options;
    const anchor = step.value.trim() === '' ? null : placeOf(step.value);
    if (anchor === undefined) {
      const { node } = this.#options;
      return tell('value', step.value, nodeErrors.create('hl7-step-wrong', { node, step: at + 1 }));
    }
    const places = anchor === null ? [null] : this.#expand(anchor);
    const after: (number | null)[] = [];
    for (const place of places) {
      const here = place && anchor ? this.#here(place, anchor) : { path: '', segment: 0, repetition: 0, value: '' };
      try {
        if (!(await this.#wanted(step, at, here))) continue;
      } catch (error) {
        tell('when', here.path, error);
        return;
      }
      if (place?.missing) {
        if (ifMissing === 'skip') continue;
        if (ifMissing === 'fail') return tell('value', place.path, noSegment(step.value, pattern.segment));
      }
      after.push(place === null || place.missing ? null : place.occurrence);
    }
    if (after.length === 0) return;
    const { segment } = pattern;
    const changes = after.map((occurrence): Hl7Change => ({
      kind: 'add-segment',
      segment,
      after: anchor && occurrence !== null ? { segment: anchor.segment, occurrence } : null,
    }));
    const names = [...this.message.segments()].map(({ name }) => name);
    this.message.change(changes);
    const numbers = this.#added.placed(names, segment, anchor?.segment ?? '', after);
    this.done.push({
      step: at,
      path: `${segment}[${numbers[0] ?? 1}]`,
      places: after.length,
      before: '',
      after: segment,
    });
  }

  #here({ path, occurrence, repetition, missing }: Place, pattern: PlacePattern): Here {
    const value = missing || pattern.field === 0 ? '' : this.message.get(path);
    return { path, segment: occurrence, repetition: Math.max(1, repetition), value };
  }

  /** The places that a pattern means in the message as it is now. */
  #expand(pattern: PlacePattern): readonly Place[] {
    const { segment, occurrence } = pattern;
    const there = count(this.message.segments(segment));
    const wanted =
      occurrence === '*'
        ? Array.from({ length: there }, (_, i) => i + 1)
        : occurrence === 'new'
          ? this.#added.of(segment)
          : [Math.max(1, occurrence)];
    const { mostPlaces, node } = this.#options;
    const places: Place[] = [];
    for (const number of wanted) {
      const missing = number > there;
      const named = occurrence === 0 ? 0 : number;
      for (const repetition of this.#repetitions(pattern, number, missing)) {
        // At the first too many: a sender who decides how many there are would fill the memory with them.
        if (++this.#places > mostPlaces) throw nodeErrors.create('hl7-too-many-places', { node, limit: mostPlaces });
        places.push({ path: pathOf(pattern, named, repetition), occurrence: number, repetition, missing });
      }
    }
    return places;
  }

  *#repetitions({ segment, field, repetition }: PlacePattern, occurrence: number, missing: boolean): Generator<number> {
    if (repetition !== '*') yield repetition;
    const text = missing || repetition !== '*' ? '' : this.message.raw(`${segment}[${occurrence}]-${field}`);
    const separator = this.message.source.delimiters.repetition;
    let number = 1;
    if (text !== '') yield number;
    for (let at = nextOf(text, separator, 0); at >= 0; at = nextOf(text, separator, at + 1)) yield ++number;
  }

  /** Adds the segment that is wanting, at the end: the next of its name, never several at once. */
  #makeRoom({ segment }: PlacePattern, { occurrence, path }: Place): void {
    if (occurrence !== count(this.message.segments(segment)) + 1) throw noSegment(`${segment}[${occurrence}]`, path);
    this.message.addSegment(segment);
  }
}

const nextOf = (text: string, separator: string, from: number): number =>
  separator === '' ? -1 : text.indexOf(separator, from);

type Tell = (field: ApplyProblem['field'], path: string, error: unknown) => void;

const noSegment = (segment: string, path: string): WardflowError =>
  nodeErrors.create('hl7-segment-missing', { segment: segment.slice(0, 40), path });

function count(all: Iterable<unknown>): number {
  let n = 0;
  for (const _ of all) n++;
  return n;
}
