/** XPN, XCN, XAD, XTN, XON: who, where, and how they are reached. */
import { isTree, Leaf, type Node, type Tree } from '../node.ts';
import type { Value } from '../value.ts';
import { xcn, xon } from './identifiers.ts';
import { isEmpty, leaf, mapped, type DataType, type ReadContext } from './reading.ts';
import { period } from './times.ts';

const list = (...leaves: readonly (Leaf | undefined)[]): Node[] | undefined => {
  const said = leaves.filter((one) => one !== undefined);
  return said.length === 0 ? undefined : said;
};

/** Part numbers of family, given, further, suffix, prefix, degree. */
type NameParts = readonly [number, number, number, number, number, number];

function personName(value: Value, [family, given, further, suffix, prefix, degree]: NameParts): Tree {
  const name = value.component === 0 ? leaf(value.within(family)) : leaf(value, family);
  return {
    family: name,
    given: list(leaf(value, given), leaf(value, further)),
    prefix: list(leaf(value, prefix)),
    suffix: list(leaf(value, suffix), leaf(value, degree)),
  };
}

/** XPN. The parts of a family name (own, partner's) are in the whole of it (FN.1, 2A.3.30). */
export function xpn(value: Value, context: ReadContext): Node | undefined {
  const name = personName(value, [1, 2, 3, 4, 5, 6]);
  if (isEmpty(name)) return undefined;
  const use = mapped(value, 7, context.mapNamed('name-use'), context)?.code;
  // How it is written and put together (8, 11) is said by the text itself; 10 is what 12 and 13 replaced.
  context.see(value, 8, 11);
  const span = period(value, context, 12, 13) ?? period(value.within(10), context);
  return { use, ...name, period: span };
}

export function xcnName(value: Value, context: ReadContext): Node | undefined {
  const name = personName(value, [2, 3, 4, 5, 6, 7]);
  if (isEmpty(name)) return undefined;
  context.see(value, 15, 18);
  return { use: mapped(value, 10, context.mapNamed('name-use'), context)?.code, ...name };
}

/** A person by number and name, where no resource is made of them. */
export function xcnReference(value: Value, context: ReadContext): Node | undefined {
  const said = [6, 3, 4, 2, 5, 7].map((part) => value.part(part)).filter((part) => part !== '');
  const identifier = xcn(value, context);
  if (said.length === 0) return identifier && { identifier };
  context.see(value, 2, 3, 4, 5, 6, 7);
  return { identifier, display: new Leaf(said.join(' '), value, 2) };
}

/** A name as text (PN of older versions, or where FHIR wants one line). */
export function nameText(value: Value, context: ReadContext): Node | undefined {
  const said = [5, 2, 3, 1, 4, 6].map((part) => value.part(part)).filter((part) => part !== '');
  context.see(value, 1, 2, 3, 4, 5, 6, 7, 8);
  return said.length === 0 ? undefined : new Leaf(said.join(' '), value, 0);
}

/** Street with its number and further lines, then what FHIR has elements for. */
export function xad(value: Value, context: ReadContext): Node | undefined {
  const street = value.within(1);
  const address: Tree = {
    line: list(streetLine(street), leaf(value, 2), leaf(value, 19)),
    city: leaf(value, 3),
    district: leaf(value, 9) ?? leaf(value, 8),
    state: leaf(value, 4),
    postalCode: leaf(value, 5),
    country: leaf(value, 6),
  };
  if (isEmpty(address)) return undefined;
  const use = mapped(value, 7, context.mapNamed('address-use'), context)?.code;
  const type = TYPES[value.part(7)];
  context.see(value, 11);
  return {
    use,
    type: type === undefined ? undefined : new Leaf(type, value, 7),
    ...address,
    period: period(value, context, 13, 14) ?? period(value.within(12), context),
  };
}
/** SAD: the whole line, or its parts where a sender states those alone: dwelling number (3) and street (2). */
function streetLine(street: Value): Leaf | undefined {
  const whole = street.part(1);
  const parts = [street.part(3), street.part(2)].filter((part) => part !== '' && !whole.includes(part));
  const text = [whole, ...parts].filter((part) => part !== '').join(' ');
  return text === '' ? undefined : new Leaf(text, street, 1);
}

/** HL7 table 0190: M is where letters go. */
const TYPES: Readonly<Record<string, string>> = { M: 'postal' };

/** XTN: an address of mail (4), else the number as one text (12), of older versions (1), or of its parts (5 to 8). */
export function xtn(value: Value, context: ReadContext): Node | undefined {
  const equipment = value.part(3);
  const mail = leaf(value, 4);
  const isMail = mail !== undefined && (equipment === '' || MAIL.has(equipment) || value.part(2) === 'NET');
  const number = isMail ? mail : (leaf(value, 12) ?? leaf(value, 1) ?? partsOf(value, context) ?? mail);
  if (!number) return undefined;
  if (number.part === 12 || number.part === 1) context.see(value, 1, 5, 6, 7, 8, 10);
  const system = isMail ? 'email' : undefined;
  if (isMail) context.see(value, 3);
  return {
    system: system ?? mapped(value, 3, context.mapNamed('contact-system'), context)?.code ?? systemBy(value),
    value: number,
    use: mapped(value, 2, context.mapNamed('contact-use'), context)?.code,
    period: period(value, context, 13, 14),
  };
}

/** A number of a field that says what it is for, unless the number says it itself. */
export const xtnFor =
  (use: string): DataType =>
  (value, context) => {
    const contact = xtn(value, context);
    return isTree(contact) && value.part(2) === '' ? { ...contact, use } : contact;
  };
const MAIL: ReadonlySet<string> = new Set(['Internet', 'X.400']);

/** cpt-2: a value needs a system. A field of telephone numbers holds such where it says nothing else. */
const systemBy = (value: Value): string => (value.part(2) === 'NET' || value.text.includes('@') ? 'email' : 'phone');

function partsOf(value: Value, context: ReadContext): Leaf | undefined {
  const [country, area, local, extension] = [5, 6, 7, 8].map((part) => value.part(part));
  if (!local) return undefined;
  context.see(value, 5, 6, 7, 8);
  const number = [country && `+${country.replace(/^\+/, '')}`, area, local].filter(Boolean).join(' ');
  return new Leaf(extension ? `${number} ext. ${extension}` : number, value, 7);
}

/** XON as a reference by name and number. */
export function xonReference(value: Value, context: ReadContext): Node | undefined {
  const [display, identifier] = [leaf(value, 1), xon(value, context)];
  if (!display && !identifier) return undefined;
  return { identifier, display };
}
