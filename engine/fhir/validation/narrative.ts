/**
 * Narrative XHTML (R4 2.24.0.9, txt-1 and txt-2): well-formed, of the elements and attributes that carry no behaviour, and
 * not empty. One pass over the text.
 */

const ELEMENTS = new Set(
  (
    'a abbr acronym address area b bdo big blockquote br caption center cite code col colgroup dd dfn div dl dt em font ' +
    'h1 h2 h3 h4 h5 h6 hr i img kbd li map ol p pre q s samp small span strike strong sub sup table tbody td tfoot th ' +
    'thead tr tt u ul var'
  ).split(' '),
);
const ATTRIBUTES = new Set(
  (
    'abbr accesskey align alt axis bgcolor border cellhalign cellpadding cellspacing cellvalign char charoff charset ' +
    'cite class clear color cols colspan compact coords datetime dir face frame headers height href hreflang hspace id ' +
    'ismap lang longdesc name nohref noshade nowrap rel rev rowspan rules scope shape size span src start style summary ' +
    'tabindex target title type usemap valign value vspace width xml:lang xml:space xmlns'
  ).split(' '),
);
const ADDRESSES = new Set(['href', 'src', 'cite', 'longdesc', 'usemap']);
const XHTML = 'http://www.w3.org/1999/xhtml';
const DEEPEST = 200;
const MARKUP =
  /<!--[\s\S]*?-->|<(\/?)([A-Za-z][\w:.-]*)((?:\s+[A-Za-z_][\w:.-]*\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/y;
const ATTRIBUTE = /([A-Za-z_][\w:.-]*)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const ENTITY = /&(?:#\d{1,7}|#x[0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});/y;

/** What is wrong with it, in one sentence; `null` where all is well. */
export function wrongNarrative(text: string): string | null {
  const open: string[] = [];
  let shows = false;
  let closed = false;
  let at = 0;
  while (at < text.length) {
    const character = text[at]!;
    if (character === '<') {
      MARKUP.lastIndex = at;
      const found = MARKUP.exec(text);
      if (!found) return 'The narrative is not well-formed XHTML.';
      at = MARKUP.lastIndex;
      const [, end, name, attributes = '', single] = found;
      if (name === undefined) continue;
      if (closed || (open.length === 0 && (name !== 'div' || end === '/'))) return 'The narrative is one div.';
      if (!ELEMENTS.has(name)) return 'The narrative has an element that is not allowed in it.';
      if (end === '/') {
        if (open.pop() !== name || attributes !== '' || single === '/')
          return 'The narrative is not well-formed XHTML.';
      } else {
        const wrong = wrongAttributes(attributes, open.length === 0);
        if (wrong !== null) return wrong;
        if (name === 'img') shows = true;
        if (single !== '/') open.push(name);
        if (open.length > DEEPEST) return 'The narrative is nested too deeply.';
      }
      closed = open.length === 0;
    } else if (character === '&') {
      ENTITY.lastIndex = at;
      if (!ENTITY.test(text)) return 'The narrative is not well-formed XHTML.';
      at = ENTITY.lastIndex;
      shows = true;
    } else {
      const next = nextMarkup(text, at);
      const blank = text.slice(at, next).trim() === '';
      if (!blank && open.length === 0) return 'The narrative is one div.';
      if (!blank) shows = true;
      at = next;
    }
  }
  if (!closed) return 'The narrative is not well-formed XHTML.';
  return shows ? null : 'The narrative has no text and no image.';
}

function nextMarkup(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) if (text[at] === '<' || text[at] === '&') return at;
  return text.length;
}

function wrongAttributes(text: string, isRoot: boolean): string | null {
  const seen = new Set<string>();
  for (const [, name = '', double, single = ''] of text.matchAll(ATTRIBUTE)) {
    const value = double ?? single;
    if (seen.has(name)) return 'The narrative is not well-formed XHTML.';
    seen.add(name);
    if (!ATTRIBUTES.has(name) && !name.startsWith('xmlns:'))
      return 'The narrative has an attribute that is not allowed in it.';
    if (name === 'xmlns' && value !== XHTML) return 'The narrative is of another namespace than XHTML.';
    if (ADDRESSES.has(name) && runs(value)) return 'The narrative has a link that runs something.';
    if (name === 'style' && /expression\s*\(|javascript:/i.test(value))
      return 'The narrative has a style that runs something.';
  }
  return isRoot && !seen.has('xmlns') ? 'The div of a narrative names the namespace of XHTML.' : null;
}

/** Browsers leave white space and controls out of a scheme, and read entities. */
function runs(address: string): boolean {
  const scheme = address
    .slice(0, 200)
    .replace(/&#x([0-9a-f]{1,6});?/gi, (_, digits: string) => character(Number.parseInt(digits, 16)))
    .replace(/&#(\d{1,7});?/g, (_, digits: string) => character(Number(digits)))
    .replace(/&colon;/g, ':')
    .replace(/[^A-Za-z:]/g, '')
    .toLowerCase();
  return /^(?:javascript|vbscript):/.test(scheme) || /^data:(?!image)/.test(scheme);
}

function character(point: number): string {
  return point <= 0x10_ff_ff ? String.fromCodePoint(point) : '';
}
