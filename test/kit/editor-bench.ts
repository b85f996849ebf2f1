/** A real staging runtime whose editor people of a real console open with their session. */
import { EDITOR_API } from '../../runtime/editor-api/contract.ts';
import type { Role } from '../../governance/api/permissions.ts';
import { RuntimeProcess, type RuntimeOptions } from './runtime-process.ts';
import { startTestConsole, type TestConsole } from './test-console.ts';

export interface EditorBench {
  readonly console: TestConsole;
  readonly runtime: RuntimeProcess;
  readonly editorUrl: string;
  /** Asks the editor's API as a page of the editor would; `cookie` of nobody: ''. */
  ask(cookie: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<EditorAnswer>;
  cookieOf(...roles: Role[]): Promise<string>;
  stop(): Promise<void>;
}

export interface EditorAnswer {
  readonly status: number;
  json<T = Record<string, unknown>>(shape?: T): T;
}

/** `webFolder`: the console's pages, where they are looked at. */
export async function startEditorBench(
  options: Omit<RuntimeOptions, 'env'> & { readonly webFolder?: string } = {},
): Promise<EditorBench> {
  let runtime: RuntimeProcess | undefined;
  const kit = await startTestConsole({
    watched: false,
    ...(options.webFolder === undefined ? {} : { webFolder: options.webFolder }),
    runtime: { messages: 1 },
    directory: () => ({
      names: ['staging'],
      locate: () => Promise.resolve(runtime && { url: `http://127.0.0.1:${runtime.port}`, token: runtime.token }),
    }),
  });
  try {
    const port = new URL(kit.console.url).port;
    runtime = await RuntimeProcess.start({ ...options, env: { WARDFLOW_GOVERNANCE_PORT: port } });
  } catch (error) {
    await kit.stop();
    throw error;
  }
  const running = runtime;
  const editorUrl = `http://127.0.0.1:${running.port}`;
  return {
    console: kit,
    runtime: running,
    editorUrl,
    cookieOf: (...roles) => kit.cookieOf(...roles),
    async ask(cookie, path, body, headers = {}) {
      const response = await fetch(`${editorUrl}${EDITOR_API}${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: {
          ...(cookie === '' ? {} : { cookie }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, json: <T>(_shape?: T) => JSON.parse(text) as T };
    },
    async stop() {
      await running.dispose();
      await kit.stop();
    },
  };
}
