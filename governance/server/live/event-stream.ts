/** Longest single event taken from a runtime. */
const LONGEST_EVENT = 256 * 1024;

/**
 * The `data` of each event of a text/event-stream (WHATWG HTML, 9.2.6), comments and other fields skipped.
 * @throws RangeError when an event is longer than is taken
 */
export async function* eventData(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let buffered = '';
  let data: string[] = [];
  for await (const chunk of chunks) {
    buffered += decoder.decode(chunk, { stream: true });
    const lines = buffered.split(/\r\n|\n|\r(?!$)/);
    buffered = lines.pop() ?? '';
    if (buffered.length > LONGEST_EVENT) throw new RangeError('event too long');
    for (const line of lines) {
      if (line === '' && data.length > 0) {
        yield data.join('\n');
        data = [];
      } else if (line.startsWith('data:')) {
        data.push(line.slice(line.startsWith('data: ') ? 6 : 5));
        if (data.length > 1000) throw new RangeError('event too long');
      }
    }
  }
}
