/**
 * Messages as nobody should send them: a synthetic one, changed in a few places. The same seed gives the same bytes on
 * every machine, so that a failure is found again by its number.
 */

/** Whole numbers from 0 to below `below`. */
export type Random = (below: number) => number;

/** xorshift32: small, fast, and not Math.random. */
export function random(seed: number): Random {
  let state = Math.imul(seed, 0x9e3779b1) | 0 || 1;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
  for (let i = 0; i < 4; i++) next();
  return (below) => next() % below;
}

const BASES: readonly Buffer[] = [
  'MSH|^~\\&|LAB|NORTH|WF|SOUTH|20260105081500+0000||ORU^R01^ORU_R01|C-1|P|2.5.1||||||UNICODE UTF-8\rPID|1||4711^^^NORTH&1.2.3&ISO^MR~0815^^^SOUTH^PI||Exämple^Alex||""|U\rORC|RE\rOBR|1|P1|F1|24323-8^Panel^LN|||20260105\rOBX|1|NM|2823-3^Potassium^LN||6.9|mmol/L|3.5-5.1|HH|||F\rNTE|1||one\\.br\\two \\T\\ \\XC3A9\\\rOBX|2|FT|X^Y||\\.in+4\\\\.ti-2\\a\\.br\\b\\H\\c\\N\\~d||||||F\rSPM|1\rOBX|1|ST|A||z\r',
  '\ufeffMSH|^~\\&|ADT|H|||202601050815||ADT^A08^ADT_A01|7|T|2.3\r\nEVN|A08|20260105\r\nPID|1||11~22||X^Y\r\nNK1|1|A^B\r\nPV1|1|I|W^1\r\nIN1|1|A\r\nIN2|1\r\nZPI|own|x\r\n',
  'MSH#*@!%$#A#B#####SIU*S12#9#P#2.4\nSCH#1\nPID#1##a!F!b%c\nRGS#1\nAIS#1\nNTE#1\nAIL#1\nAIP#1\n',
].map((text) => Buffer.from(text));

const TOKENS = [
  ...'|^~\\&"#MSHZ1\r\n\t\v\x1c\0'.split(''),
  'MSH|^~\\&|',
  'MSH|^~\\&#|',
  '\r\n',
  '\rOBX|3|TX|A||',
  '\rPID|2||x',
  '\rORC|NW\rOBR|2',
  '\rFHS|^~\\&\r',
  '\rBTS|1\r',
  '""',
  '\\.br\\',
  '\\.in+999\\',
  '\\.sp+99\\',
  '\\X',
  '\\XFF\\',
  '\\F\\',
  '~~~~',
  '^^^^',
  '&&&&',
  '||||',
  '\ufeff',
  '😀',
  'é',
].map((text) => Buffer.from(text));

/** A message with one to eight changes: bytes, tokens, cuts, copies of its own parts. */
export function mutant(pick: Random): Buffer {
  let bytes = BASES[pick(BASES.length)] ?? Buffer.alloc(0);
  if (pick(16) === 0) bytes = Buffer.from(bytes.toString(), 'utf16le');
  if (pick(8) === 0) bytes = Buffer.from(bytes.toString('utf8').replace('UNICODE UTF-8', '8859/1'), 'latin1');
  for (let left = 1 + pick(8); left > 0; left--) {
    // Half of the changes behind the header, which else hardly any message would outlive.
    const from = pick(2) === 0 ? pick(bytes.length + 1) : Math.min(bytes.length, 60 + pick(bytes.length + 1));
    const to = Math.min(bytes.length, from + pick(6));
    const [head, tail] = [bytes.subarray(0, from), bytes.subarray(to)];
    const far = from + pick(bytes.length - from + 1);
    const between = [
      () => Buffer.of(pick(256)),
      () => Buffer.from(Array.from({ length: pick(6) }, () => pick(256))),
      () => TOKENS[pick(TOKENS.length)] ?? Buffer.alloc(0),
      () => (TOKENS[pick(TOKENS.length)] ?? Buffer.alloc(0)).toString('latin1').repeat(1 + pick(12)),
      () => Buffer.alloc(0),
      () => bytes.subarray(from, far),
    ][pick(6)]?.();
    const made = typeof between === 'string' ? Buffer.from(between, 'latin1') : (between ?? Buffer.alloc(0));
    bytes = Buffer.concat([head, made, tail]).subarray(0, 8192);
  }
  return bytes;
}
