/** A sender as hospitals run them: gives up waiting after a while, connects anew, and sends the same again. */
import { MllpSender } from '../kit/mllp-sender.ts';

/** Far shorter than in life, so that a test sees many tries. */
const WAITS_MS = 300;

/** The answer, or `null` when none came in time; the connection is closed then. */
export async function trySend(port: number, body: string): Promise<string | null> {
  const sender = new MllpSender(port);
  const timer = setTimeout(() => sender.close(), WAITS_MS);
  try {
    return await sender.send(body);
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
    sender.close();
  }
}

export async function sendUntilAnswered(port: number, body: string): Promise<string> {
  for (;;) {
    const answer = await trySend(port, body);
    if (answer !== null) return answer;
    // A connection that is refused fails at once.
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
