/** The system code of a Node.js error (`ENOENT`), for texts that must not quote foreign messages. */
export function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'unknown reason';
}
