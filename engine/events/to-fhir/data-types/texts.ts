/** ST, TX, FT, ED, RP and yes or no. */
import { Leaf, type Node } from '../node.ts';
import type { Value } from '../value.ts';
import { leaf, mapped, type ReadContext } from './reading.ts';

export const string = (value: Value): Leaf | undefined => leaf(value);

/** HL7 table 0136. */
export function yesNo(value: Value, context: ReadContext): Leaf | undefined {
  const text = value.text.toUpperCase();
  if (text === 'Y') return new Leaf(true, value, 1);
  if (text === 'N') return new Leaf(false, value, 1);
  if (text !== '') context.report(value, 1, 'code-unknown');
  return undefined;
}

/** A web address or name of one; anything else is no URL. */
export function url(value: Value, context: ReadContext): Leaf | undefined {
  const text = value.text;
  if (text === '') return undefined;
  if (/^[a-z][a-z0-9+.-]*:[^\s]+$/i.test(text)) return new Leaf(text, value, 1);
  context.report(value, 1, 'value-unreadable');
  return undefined;
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** ED: type of data (2, 3), encoding (4), data (5). */
export function ed(value: Value, context: ReadContext): Node | undefined {
  const data = value.part(5);
  if (data === '') return undefined;
  const contentType = mediaType(value, context);
  context.see(value, 1);
  const encoding = value.part(4);
  if (encoding === 'Base64') {
    context.see(value, 4);
    const packed = data.replace(/\s+/g, '');
    if (BASE64.test(packed)) return { contentType, data: new Leaf(packed, value, 5) };
  } else if (encoding === 'A' || encoding === '') {
    context.see(value, 4);
    return { contentType, data: new Leaf(Buffer.from(data, 'utf8').toString('base64'), value, 5) };
  } else if (encoding === 'Hex' && /^(?:[0-9a-f]{2})+$/i.test(data)) {
    context.see(value, 4);
    return { contentType, data: new Leaf(Buffer.from(data, 'hex').toString('base64'), value, 5) };
  }
  context.report(value, 5, 'value-unreadable');
  return undefined;
}

/** RP: where it lies (1), of which type. */
export function rp(value: Value, context: ReadContext): Node | undefined {
  const pointer = leaf(value, 1);
  if (!pointer) return undefined;
  return { contentType: mediaType(value, context, 3), url: pointer, title: leaf(value, 2) };
}

/** By its subtype (HL7 table 0291), else as the sender writes it where that is a media type. */
function mediaType(value: Value, context: ReadContext, first = 2): Leaf | undefined {
  const [main, sub] = [value.part(first), value.part(first + 1)];
  if (/^[a-z]+\/[a-z0-9.+-]+$/i.test(sub)) return new Leaf(sub, value, first + 1);
  if (/^[a-z]+\/[a-z0-9.+-]+$/i.test(main)) return new Leaf(main, value, first);
  if (sub === '' && /^[A-Za-z]+$/.test(main)) {
    context.see(value, first);
    return undefined;
  }
  const found = mapped(value, first + 1, context.mapNamed('media-type'), context)?.code;
  context.see(value, first);
  return found;
}
