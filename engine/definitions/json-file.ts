/** Reading reviewed JSON: what the reviewer reads must be what the engine reads. */
import type { Problems } from './problem.ts';

/** The value, or `undefined` with the problem said. A key given twice is refused: JSON.parse would silently take the last. */
export function parseJsonFile(text: string, problems: Problems): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const place = /line \d+ column \d+/.exec(error instanceof Error ? error.message : '')?.[0];
    problems.say(`is not JSON${place === undefined ? '' : ` (${place})`}`, 'Correct the syntax there.');
    return undefined;
  }
  const twice = repeatedKey(text);
  if (twice === undefined) return value;
  problems.say(`has the key "${twice}" twice in one object`, 'Remove one of the two.');
  return undefined;
}

/** `text` is valid JSON. */
function repeatedKey(text: string): string | undefined {
  const open: (Set<string> | null)[] = [];
  let last: string | undefined;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]:,]/g)) {
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(null);
    else if (token === '}' || token === ']') open.pop();
    else if (token === ':' && last !== undefined) {
      const key = JSON.parse(last) as string;
      const keys = open.at(-1);
      if (keys?.has(key)) return key;
      keys?.add(key);
    }
    last = token.startsWith('"') ? token : undefined;
  }
  return undefined;
}
