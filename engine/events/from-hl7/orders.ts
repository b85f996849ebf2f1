/** Orders (ORM, OML and their like) and medication orders (RDE, OMP): ORC-1 says what is done with each. */
import type { EventData } from '../catalogue/index.ts';
import { hash, keyTime } from '../envelope.ts';
import { isNews, type KnownStates, type StateStatement } from '../event-state.ts';
import { numbersOf, orderGroups, preferredCoding, type OrderGroup } from './order-groups.ts';
import { text, time } from './read-parts.ts';
import {
  instant,
  shellOf,
  subjectOf,
  tell,
  type CanonicalEvent,
  type EventReading,
  type MessageParts,
  type Subject,
} from './reading.ts';
import { unmapped } from './unmapped.ts';

type What = 'placed' | 'updated' | 'cancelled';

/** HL7 table 0119. Answers that only say that something was understood (OK, LI, SR …) are none of these. */
const CONTROLS: Readonly<Record<string, What>> = {
  NW: 'placed',
  RO: 'placed',
  ...Object.fromEntries(
    'XO XX XR SC HD OH HR RL OE OR RP RQ RU SN NA UA PA CH'.split(' ').map((code) => [code, 'updated']),
  ),
  ...Object.fromEntries('CA OC CR DC OD DR'.split(' ').map((code) => [code, 'cancelled'])),
};
/** RDE of a pharmacy: what it encodes or fills is ordered, even where it does not say NW. */
const MEDICATION_CONTROLS: Readonly<Record<string, What>> = { ...CONTROLS, RE: 'placed', RF: 'placed', '': 'placed' };

/** Of one message; orders behind them are told without looking whether something later is known. */
const MOST_STATES = 50;

interface Order {
  readonly subject: Subject;
  readonly what: What;
  readonly control: string | null;
  readonly named: string | null;
  readonly group: OrderGroup;
  readonly service: EventData<'order.placed'>['order'];
  readonly statement: StateStatement | null;
}

export function readOrders(parts: MessageParts, kind: 'service' | 'medication'): EventReading {
  const orders: Order[] = [];
  let last: { readonly group: OrderGroup; readonly subject: Subject } | undefined;
  for (const group of orderGroups(parts.message)) {
    const control = text(group.orc, '1')?.toUpperCase() ?? null;
    const what = (kind === 'medication' ? MEDICATION_CONTROLS : CONTROLS)[control ?? ''];
    if (what === undefined) continue;
    const subject: Subject =
      last && last.group.pid === group.pid && last.group.pv1 === group.pv1
        ? last.subject
        : subjectOf(parts, group.pid, group.pv1);
    last = { group, subject };
    orders.push(orderOf(parts, kind, group, subject, what, control, orders.length < MOST_STATES));
  }
  return {
    statements: orders.map(({ statement }) => statement).filter((one) => one !== null),
    events: (before) =>
      orders.length === 0
        ? [unmapped(parts, 'states-nothing')]
        : orders.map((order) => (kind === 'medication' ? medicationEvent : orderEvent)(parts, order, before)),
  };
}

function orderOf(
  parts: MessageParts,
  kind: 'service' | 'medication',
  group: OrderGroup,
  subject: Subject,
  what: What,
  control: string | null,
  isKept: boolean,
): Order {
  const { placer, filler } = numbersOf(group);
  const service = kind === 'medication' ? medicationOf(group) : preferredCoding(group.first.get('OBR'), 4);
  const named = placer ?? filler;
  const at = Math.min(instant(time(group.orc, '9', parts.context.zone)) ?? parts.happenedAt, parts.context.receivedAt);
  const statement =
    isKept && named !== null && subject.isIdentified
      ? {
          key: `order:${hash([subject.key, named, service.code]).slice(0, 32)}`,
          at,
          happened: at,
          fields: { status: what },
          moved: ['status'],
        }
      : null;
  return { subject, what, control, named, group, service: { placer, filler, service }, statement };
}

function medicationOf({ first }: OrderGroup): EventData<'medication.ordered'>['medication'] {
  return first.has('RXE') ? preferredCoding(first.get('RXE'), 2) : preferredCoding(first.get('RXO'), 1);
}

const isLate = ({ statement }: Order, before: KnownStates): boolean =>
  statement !== null && Object.hasOwn(before, statement.key) && !isNews(statement, 'status', before[statement.key]);

function orderEvent(parts: MessageParts, order: Order, before: KnownStates): CanonicalEvent {
  const { subject, what, control, named, group, service } = order;
  const { zone } = parts.context;
  const status = text(group.orc, '5');
  const orderedAt = time(group.orc, '9', zone);
  const shared = [named, service.service.code] as const;
  return tell(parts, subject.key, {
    name: `order.${what}` as const,
    key: what === 'updated' ? [...shared, control, status, keyTime(orderedAt ?? parts.happened)] : shared,
    fact: ['order', ...shared],
    correction: what !== 'placed',
    late: isLate(order, before),
    time: orderedAt ?? parts.happened,
    isNamed: named !== null,
    data: {
      ...shellOf(parts, subject),
      order: { ...service, service: { ...service.service } },
      control,
      status,
      priority: text(group.first.get('TQ1'), '9.1') ?? text(group.first.get('OBR'), '5') ?? text(group.orc, '7.6'),
      orderedAt,
    },
  });
}

/** Of a pharmacy order that is changed or cancelled, the order's own events. */
function medicationEvent(parts: MessageParts, order: Order, before: KnownStates): CanonicalEvent {
  const { subject, what, named, group, service } = order;
  if (what !== 'placed') return orderEvent(parts, order, before);
  const [rxe, rxo] = [group.first.get('RXE'), group.first.get('RXO')];
  const orderedAt = time(group.orc, '9', parts.context.zone);
  return tell(parts, subject.key, {
    name: 'medication.ordered',
    key: [named, service.service.code],
    fact: ['order', named, service.service.code],
    late: isLate(order, before),
    time: orderedAt ?? parts.happened,
    isNamed: named !== null,
    data: {
      ...shellOf(parts, subject),
      order: { ...service, service: { ...service.service } },
      medication: { ...service.service },
      amount: text(rxe, '3') ?? text(rxo, '2'),
      unit: text(rxe, '5') ?? text(rxo, '4'),
      orderedAt,
    },
  });
}
