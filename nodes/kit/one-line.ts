const LONGEST = 120;

/** A value as it may stand in lists, notices and the audit trail: one short line. Lists are joined; objects are not shown. */
export function oneLine(value: unknown, longest = LONGEST): string {
  const flat = shown(value)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
  return flat.length > longest ? `${flat.slice(0, longest - 1)}…` : flat;
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return value.map((item) => (isScalar(item) ? textOf(item) : '…')).join(', ');
  return isScalar(value) ? textOf(value) : '…';
}

const isScalar = (value: unknown): boolean => typeof value !== 'object' || value === null;

/** Texts as they are; numbers, truth values and the rest as JSON. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
