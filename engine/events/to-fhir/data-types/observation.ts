/** OBX-5 by OBX-2, and the reference range. */
import { Choice, Leaf, type Node } from '../node.ts';
import type { Value } from '../value.ts';
import { concept } from './codes.ts';
import { cq, decimal, structuredNumeric, unit } from './numbers.ts';
import { nameText } from './people.ts';
import { leaf, type ReadContext } from './reading.ts';
import { dateTime, period, time } from './times.ts';

const CODED: ReadonlySet<string> = new Set(['CE', 'CWE', 'CNE', 'CF']);
/** Documents and pictures have no place in an observation's value. */
const ENCAPSULATED: ReadonlySet<string> = new Set(['ED', 'RP']);
const CHANGE_OF_TYPE = 2;
const UNITS = 6;

/** The value of an observation, of the type that OBX-2 says; what is not what it says is told as text. */
export function observationValue(value: Value, context: ReadContext): Node | undefined {
  const stated = context.sibling(value, CHANGE_OF_TYPE);
  const type = stated?.text ?? '';
  if (ENCAPSULATED.has(type)) return undefined;
  if (stated) context.see(stated, 1);
  const read = typed(value, type, context);
  return read ?? text(value);
}

function typed(value: Value, type: string, context: ReadContext): Choice | undefined {
  if (CODED.has(type)) return choice('CodeableConcept', concept(value, context));
  switch (type) {
    case 'NM': {
      const number = decimal(value);
      return number && new Choice('Quantity', { value: number, ...unit(context.sibling(value, UNITS), context) });
    }
    case 'SN':
      return structuredNumeric(value, unit(context.sibling(value, UNITS), context));
    case 'CQ':
      return decimal(value) ? choice('Quantity', cq(value, context)) : undefined;
    case 'DT':
    case 'TS':
    case 'DTM':
      return choice('DateTime', dateTime(value, context));
    case 'TM':
      return choice('Time', time(value, context));
    case 'DR':
      return choice('Period', period(value, context));
    case 'XPN':
    case 'PN':
      return choice('String', nameText(value, context));
    default:
      return undefined;
  }
}

const choice = (type: string, node: Node | undefined): Choice | undefined =>
  node === undefined ? undefined : new Choice(type, node);

function text(value: Value): Choice | undefined {
  const first = leaf(value) ?? leaf(value, 2);
  return first && new Choice('String', first);
}

const RANGE = /^([+-]?\d+(?:\.\d+)?)\s*-\s*([+-]?\d+(?:\.\d+)?)$/;
const BOUND = /^(<=?|>=?)\s*([+-]?\d+(?:\.\d+)?)$/;

/** OBX-7 as it stands; its bounds, too, where it is plainly two numbers or a limit. */
export function referenceRange(value: Value, context: ReadContext): Node | undefined {
  const stated = leaf(value);
  if (!stated) return undefined;
  const said = String(stated.value);
  const units = unit(context.sibling(value, UNITS), context);
  const bound = (number: string): Node => ({ value: new Leaf(Number(number), value, 1), ...units });
  const [, low, high] = RANGE.exec(said) ?? [];
  if (low !== undefined && high !== undefined && Number(low) <= Number(high))
    return { low: bound(low), high: bound(high), text: stated };
  const [, sign, limit] = BOUND.exec(said) ?? [];
  if (limit === undefined) return { text: stated };
  // A range includes its bounds, so that only <= and >= are told as such.
  return { ...(sign === '<=' && { high: bound(limit) }), ...(sign === '>=' && { low: bound(limit) }), text: stated };
}
