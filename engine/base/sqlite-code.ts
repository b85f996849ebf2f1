/** The extended result code of what node:sqlite threw, sqlite.org/rescode.html; `undefined`: it is no error of SQLite's. */
export function sqliteCode(error: unknown): number | undefined {
  const code: unknown = error instanceof Error ? (error as { errcode?: unknown }).errcode : undefined;
  return typeof code === 'number' ? code : undefined;
}
