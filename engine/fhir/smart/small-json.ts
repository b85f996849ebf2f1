import type { Dispatcher } from 'undici';

/** A short answer of an authorization server. */
export interface SmallAnswer {
  readonly status: number;
  /** `null`: no JSON object. */
  readonly body: Readonly<Record<string, unknown>> | null;
  readonly retryAfter: string | null;
}

export interface SmallRequest {
  readonly url: string;
  /** A form, sent by POST; absent: GET. */
  readonly form?: URLSearchParams;
  readonly signal: AbortSignal;
  /** Limits the size of answers. */
  readonly dispatcher: Dispatcher;
}

/** Follows no redirect: what is sent is a secret. Rejects as fetch does. */
export async function smallJson({ url, form, signal, dispatcher }: SmallRequest): Promise<SmallAnswer> {
  const { fetch } = await import('undici');
  const answer = await fetch(url, {
    ...(form ? { method: 'POST', body: form.toString() } : {}),
    headers: {
      accept: 'application/json',
      'accept-encoding': 'identity',
      ...(form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
    },
    redirect: 'manual',
    signal,
    dispatcher,
  });
  return { status: answer.status, body: objectIn(await answer.text()), retryAfter: answer.headers.get('retry-after') };
}

function objectIn(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
