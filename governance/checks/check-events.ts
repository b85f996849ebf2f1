/** `event` nodes: names that the catalogue does not have, and names that no source of the definition gives. */
import { EVENT_NAMES, eventChoiceOf } from '../../engine/index.ts';
import { takes } from '../../nodes/event/route.ts';
import { finding, type Finding } from './finding.ts';
import type { Subject } from './subject.ts';

/** What `hl7 in` gives of results and discharges alone. */
const STATED = EVENT_NAMES.filter((name) => name.startsWith('lab.result.') || name === 'patient.discharged');

export function checkEvents(subject: Subject): Finding[] {
  const choice = eventChoiceOf(subject.nodes.filter(({ d }) => d !== true));
  const enabled = subject.nodes.filter(({ d }) => d !== true);
  const hasSource = enabled.some(({ type }) => type === 'hl7 in');
  const hasFhir = enabled.some(({ type, events }) => type === 'fhir subscription in' && events !== 'none');
  return subject.nodes.flatMap((node) => {
    const routes = node['routes'];
    if (node.type !== 'event' || !Array.isArray(routes)) return [];
    const where = { definition: subject.name, file: 'flow.json', node };
    return routes.flatMap((route: unknown): Finding[] => {
      if (typeof route !== 'string') return [];
      const known = EVENT_NAMES.filter((name) => takes(route, name));
      if (known.length === 0) return [finding('event-unknown', where, { event: route })];
      const given =
        choice === 'all' ||
        hasFhir ||
        !hasSource ||
        (choice === 'stated' && known.some((name) => STATED.includes(name)));
      return given ? [] : [finding('event-not-given', where, { event: route })];
    });
  });
}
