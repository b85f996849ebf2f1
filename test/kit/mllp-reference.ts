/** What frames a stream holds, said slowly: all of it at hand, byte by byte, written from the rules and not from the framer. */
export interface ReferenceFrame {
  readonly kind: 'frame' | 'too-large' | 'unterminated' | 'junk';
  /** Of a broken frame no more than is kept of one; of junk, the bytes that are no line ends. */
  readonly bytes: Buffer;
}

const [START, END, CR, LF] = [0x0b, 0x1c, 0x0d, 0x0a];
const NEXT_MESSAGE = Buffer.from('\x0bMSH');

export function framesOf(
  stream: Buffer,
  limits: { readonly maxFrameBytes: number; readonly keepOfBroken: number },
): readonly ReferenceFrame[] {
  const told: ReferenceFrame[] = [];
  let junk: number[] = [];
  const tell = (kind: ReferenceFrame['kind'], bytes: Buffer): void => {
    if (junk.length > 0) told.push({ kind: 'junk', bytes: Buffer.from(junk) });
    junk = [];
    if (kind !== 'junk') told.push({ kind, bytes });
  };
  let at = 0;
  while (at < stream.length) {
    const byte = stream[at++] ?? 0;
    if (byte !== START) {
      if (byte !== CR && byte !== LF) junk.push(byte);
      continue;
    }
    const from = at;
    let ended: 'frame' | 'unterminated' | 'cut' = 'cut';
    let to = stream.length;
    for (; at < stream.length && ended === 'cut'; at++) {
      const rest = stream.subarray(at, at + 4);
      if (rest[0] === END && (rest.length === 1 || rest[1] === CR || rest[1] === START)) ended = 'frame';
      else if (rest.equals(NEXT_MESSAGE)) ended = 'unterminated';
      // The end of the stream leaves open whether another message begins here: it is not content yet.
      else if (rest[0] === START && NEXT_MESSAGE.subarray(0, rest.length).equals(rest)) to = Math.min(to, at);
      if (ended !== 'cut') to = at;
    }
    const content = stream.subarray(from, to);
    if (content.length > limits.maxFrameBytes) tell('too-large', content.subarray(0, limits.keepOfBroken));
    else if (ended === 'frame') tell('frame', content);
    else if (ended === 'unterminated') tell('unterminated', content.subarray(0, limits.keepOfBroken));
    at = ended === 'cut' ? stream.length : ended === 'unterminated' ? to : to + (stream[to + 1] === CR ? 2 : 1);
  }
  tell('junk', Buffer.alloc(0));
  return told;
}
