/**
 * Where something is and how to get in belongs to the environment: no credentials, hosts, ports, IP addresses or URLs in
 * a definition's files. A URL that only names something (an identifier system, a profile) is no address.
 */
import { isIPv6 } from 'node:net';
import type { FlowNode } from '../../engine/index.ts';
import { finding, type Finding } from './finding.ts';
import { parsed, textOf, type Subject } from './subject.ts';
import { textsIn } from './texts.ts';

const SECRET_KEY =
  /^(?:password|passphrase|passwd|secret|client_?secret|token|access_?token|api_?key|private_?key|authorization)$/i;
const SECRET_TEXT: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /\b(?:Bearer|Basic)\s+[A-Za-z0-9+/_.~-]{12,}={0,2}/,
  /\b(?:password|passwd|pwd|secret|token|api[_-]?key)\s*[:=]\s*["'][^"'\s]{4,}["']/i,
  /\bAKIA[0-9A-Z]{16}\b/,
  /\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\./,
];
/** On nodes that are not ours: what such a property holds is an address, whatever it looks like. */
const ADDRESS_KEY = /^(?:host|hostname|server|broker|port|ip|address)$/i;
const URL_TEXT =
  /\b(?:https?|wss?|mqtts?|tcp|tls|ftps?|sftp|ldaps?|amqps?|mongodb(?:\+srv)?|postgres(?:ql)?|redis):\/\/[^\s"'`<>)\]]*/gi;
/** Before a URL that only names something. */
const NAMES_IT =
  /["'`]?(?:system|url|profile|valueSet|codeSystem|instantiatesCanonical|instantiatesUri|canonical)["'`]?\s*[:=]\s*["'`]$/i;
/** After the resource's identifier system in a search: `http://… |value`. */
const TERMINOLOGY =
  /^https?:\/\/(?:[\w-]+\.)*(?:hl7\.org|loinc\.org|snomed\.info|unitsofmeasure\.org|nlm\.nih\.gov|dicom\.nema\.org|who\.int|w3\.org)(?:[/|#?]|$)/i;
const IPV4 = /(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\d.])/g;
const IPV6 = /(?<![\w:])\[?([0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7})\]?(?![\w:])/gi;
const HOST_AND_PORT = /\b(?:localhost|(?:[a-z0-9-]{1,63}\.){1,10}[a-z]{2,24})(?::\d{2,5})\b|\blocalhost\b/gi;

export function checkAddresses(subject: Subject): Finding[] {
  const found: Finding[] = [];
  const here = (file: string): { definition: string; file: string } => ({ definition: subject.name, file });
  for (const node of subject.nodes) found.push(...inNode(node, here('flow.json')));
  for (const [file, text] of Object.entries(subject.files))
    if (/^(?:intent\.json|(?:rules|ladders|alerts|checklists)\/)/.test(file))
      for (const { place, key, text: value } of textsIn(parsed(text)))
        found.push(...inText(value, key, place).map(({ code, details }) => finding(code, here(file), details)));
  for (const { code, file, text, remedy } of subject.problems)
    if (code === 'credentials-in-file')
      found.push(finding('credentials-in-file', here(short(file, subject.name)), { place: text, remedy }));
  return found;
}

/** Texts that people read or that the editor needs, not the node. */
const NOT_READ = new Set([
  'id',
  'type',
  'z',
  'g',
  'info',
  'wires',
  'links',
  'name',
  'label',
  'category',
  'color',
  'icon',
]);

function inNode(node: FlowNode, where: { readonly definition: string; readonly file: string }): Finding[] {
  const found: Finding[] = [];
  for (const [key, value] of Object.entries(node)) {
    if (NOT_READ.has(key)) continue;
    const isAddress = ADDRESS_KEY.test(key) && !node.type.startsWith('wardflow-') && isGiven(value);
    if (isAddress) found.push(finding('address-in-file', { ...where, node }, { what: `a ${key}`, place: key }));
    else
      for (const one of textsIn(value, key))
        found.push(
          ...inText(one.text, one.key, one.place).map(({ code, details }) =>
            finding(code, { ...where, node }, details),
          ),
        );
  }
  return found;
}

/** An address that is taken from the environment (`${NAME}`) or from a config node is not in the file. */
const isGiven = (value: unknown): boolean =>
  typeof value === 'number'
    ? value > 0
    : textOf(value) !== '' && !/^\$\{[A-Z0-9_]+\}$/.test(textOf(value)) && !/^[0-9a-f]{16}$/.test(textOf(value));

interface Found {
  readonly code: 'credentials-in-file' | 'address-in-file';
  readonly details: Readonly<Record<string, string>>;
}

function inText(text: string, key: string, place: string): readonly Found[] {
  if (text === '') return [];
  if (SECRET_TEXT.some((form) => form.test(text)) || (SECRET_KEY.test(key) && !/^\$\{[A-Z0-9_]+\}$/.test(text)))
    return [{ code: 'credentials-in-file', details: { place } }];
  const what = addressIn(text, key);
  return what === null ? [] : [{ code: 'address-in-file', details: { what, place } }];
}

function addressIn(text: string, key: string): string | null {
  for (const match of text.matchAll(URL_TEXT)) {
    if (/\/\/[^/\s]*@/.test(match[0])) return 'a URL with a user';
    const isName =
      TERMINOLOGY.test(match[0]) ||
      NAMES_IT.test(text.slice(Math.max(0, match.index - 60), match.index)) ||
      key === 'system';
    if (!isName) return 'a URL';
  }
  const rest = text.replace(URL_TEXT, ' ');
  if (IPV4.test(reset(IPV4, rest))) return 'an IP address';
  for (const [, address = ''] of rest.matchAll(IPV6)) if (address.length > 4 && isIPv6(address)) return 'an IP address';
  return HOST_AND_PORT.test(reset(HOST_AND_PORT, rest)) ? 'a host' : null;
}

/** A global expression remembers where it was. */
function reset(form: RegExp, text: string): string {
  form.lastIndex = 0;
  return text;
}

const short = (file: string, definition: string): string =>
  file.startsWith(`${definition}/`) ? file.slice(definition.length + 1) : file;
