/** What forms ask their runtime, of the same origin and with the session that the page has. */

/** What was refused, in words. */
export class RuntimeRefusal extends Error {
  readonly status: number;
  readonly remedy: string;

  constructor(status: number, title: string, remedy: string) {
    super(title);
    this.status = status;
    this.remedy = remedy;
  }
}

/** The palette is in a Node-RED that runs by itself. */
export class NoRuntime extends Error {}

/** @param path below `wardflow/editor/` @throws RuntimeRefusal, NoRuntime; an aborted request rejects as `fetch` does */
export async function askRuntime<T>(
  path: string,
  given: { readonly body?: unknown; readonly signal?: AbortSignal } = {},
): Promise<T> {
  const { body, signal } = given;
  const response = await fetch(`wardflow/editor/${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal && { signal }),
  }).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw new RuntimeRefusal(0, 'The runtime does not answer.', 'It is started again by itself.');
  });
  if (response.ok) return (await response.json()) as T;
  // Plain Node-RED knows nothing of these addresses; a runtime says what is wrong as a problem.
  if (response.status === 404 && !(response.headers.get('content-type') ?? '').includes('json')) throw new NoRuntime();
  const problem = (await response.json().catch(() => ({}))) as Partial<Record<'title' | 'remedy', string>>;
  throw new RuntimeRefusal(response.status, problem.title ?? 'It was refused.', problem.remedy ?? '');
}
