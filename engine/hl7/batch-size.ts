/**
 * Whether a frame or file begins more than `most` messages: asked before anything of it is read, since whoever sends it decides
 * how many there are. A quick look: what is within the limit here may still hold a few more.
 */
export function hasMoreParts(batch: Uint8Array | string, most: number): boolean {
  const text =
    typeof batch === 'string'
      ? batch
      : Buffer.from(batch.buffer, batch.byteOffset, batch.byteLength).toString('latin1');
  const head = /(?:^|[\r\n])[ \t]*(?:MSH|BHS|FHS|BTS|FTS)/g;
  // Each message may have a header and a trailer of its own around it.
  const limit = most * 3 + 2;
  let found = 0;
  while (found <= limit && head.exec(text)) found++;
  return found > limit;
}
