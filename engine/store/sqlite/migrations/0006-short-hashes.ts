/** Hashes of the gate are kept as their first 128 bits: they are a third of a message's room, and as good as unique so. */
const short = (column: string): string =>
  `${column} = CASE WHEN length(${column}) = 64 AND ${column} NOT GLOB '*[^0-9a-f]*' THEN substr(${column}, 1, 32) ELSE ${column} END`;

export const shortHashes = `UPDATE gate_fact SET ${short('key')}, ${short('content_hash')};`;
