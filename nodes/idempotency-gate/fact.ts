/** OBX-11 (HL7 table 0085): C correction to a final result, D deletes, W wrong and reposted. */
const CORRECTING = new Set(['C', 'D', 'W']);

export function saysCorrection(event: unknown): boolean {
  if (typeof event !== 'object' || event === null) return false;
  const { name, mode, data } = event as { name?: unknown; mode?: unknown; data?: { status?: unknown } | null };
  if (mode === 'correction') return true;
  if (typeof name === 'string' && name.endsWith('.corrected')) return true;
  const status = data?.status;
  return typeof status === 'string' && CORRECTING.has(status);
}

/** JSON with sorted keys: the same content gives the same text whatever order it was built in. */
export function stableJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(stableJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, item]) => `${JSON.stringify(name)}:${stableJson(item)}`);
  return `{${entries.join(',')}}`;
}
