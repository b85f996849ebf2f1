/**
 * Where a login leads back to, or `null` for an address that is not ours: a page of this console, or an editor that the
 * console knows, under the host name that this page was opened with. Everything else would be an open redirect. Pure.
 */
export function returnAddress(wanted: string | null, here: string, editors: readonly string[]): string | null {
  // Backslashes and control characters are read differently by different parsers.
  if (wanted === null || wanted.length > 2048 || /[\\\p{Cc}]/u.test(wanted)) return null;
  const page = new URL(here);
  if (!URL.canParse(wanted, page.origin)) return null;
  const target = new URL(wanted, page.origin);
  if (target.username !== '' || target.password !== '') return null;
  if (target.origin === page.origin) return wanted.startsWith('/') && !wanted.startsWith('//') ? wanted : null;
  if (target.protocol !== page.protocol || target.hostname !== page.hostname) return null;
  const ports = editors.filter((editor) => URL.canParse(editor)).map((editor) => new URL(editor).port);
  return ports.includes(target.port) ? target.href : null;
}
