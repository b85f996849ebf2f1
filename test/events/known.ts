/** A hospital's states in memory: messages one after the other, each compared with what those before it said. */
import {
  Hl7Message,
  mergeState,
  readEvents,
  schemaCheck,
  schemaOf,
  isEventName,
  type CanonicalEvent,
  type EventContext,
  type KnownStates,
  type SchemaCheck,
} from '../../engine/index.ts';
import { context } from './kit.ts';

export class Known {
  states: KnownStates = {};

  tell(message: Hl7Message | readonly string[], more: Partial<EventContext> = {}): readonly CanonicalEvent[] {
    const read = message instanceof Hl7Message ? message : Hl7Message.parse([...message, ''].join('\r'));
    const { statements, events } = readEvents(read, context(more));
    const before = Object.fromEntries(
      statements.flatMap(({ key }) => {
        const known = this.states[key];
        return known ? [[key, known]] : [];
      }),
    );
    for (const statement of statements)
      this.states = { ...this.states, [statement.key]: mergeState(this.states[statement.key], statement) };
    return events(before);
  }

  names(message: readonly string[], more: Partial<EventContext> = {}): string[] {
    return this.tell(message, more).map(({ name, late }) => (late ? `${name} late` : name));
  }
}

const checks = new Map<string, SchemaCheck<unknown>>();

/** Half sentences; none: the event is as the catalogue says. */
export function schemaProblems(event: Pick<CanonicalEvent, 'name'>): readonly string[] {
  if (!isEventName(event.name)) return ['has a name that is not in the catalogue'];
  const check = checks.get(event.name) ?? schemaCheck(schemaOf(event.name));
  checks.set(event.name, check);
  return check.problems(event).map(({ place, what }) => `${place} ${what}`);
}
