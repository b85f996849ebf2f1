import { API_ROOT, type RuntimeStatus } from '../runtime/api/contract.ts';
import type { RuntimeInfo } from '../engine/index.ts';

const ANSWER_WITHIN_MS = 2_000;

/** Whether the runtime's API answers and no feed is still opening its port. */
export async function runtimeAnswers(port: number, token: string, signal: AbortSignal): Promise<boolean> {
  try {
    return (await status(port, token, signal)).feeds.every((feed) => feed.state !== 'starting');
  } catch {
    return false;
  }
}

/** Where the feeds really listen: a site's bindings.json may say otherwise than the settings. */
export async function listeningFeeds(port: number, token: string): Promise<RuntimeInfo['feeds']> {
  const { feeds } = await status(port, token);
  return Object.fromEntries(
    feeds.flatMap(({ name, host, port }) => (host === null || port === null ? [] : [[name, { host, port }]])),
  );
}

async function status(port: number, token: string, signal?: AbortSignal): Promise<RuntimeStatus> {
  const limit = AbortSignal.timeout(ANSWER_WITHIN_MS);
  const response = await fetch(`http://127.0.0.1:${port}${API_ROOT}/status`, {
    headers: { authorization: `Bearer ${token}` },
    signal: signal ? AbortSignal.any([signal, limit]) : limit,
  });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return (await response.json()) as RuntimeStatus;
}
