/** Reading reviewed JSON: what the reviewer reads must be what the engine reads. */
import type { Problems } from './problem.ts';

/** The value, or `undefined` with the problem said. A key given twice is refused: JSON.parse would silently take the last. */
export function parseJsonFile(text: string, problems: Problems): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    problems.say(`is not JSON (line ${brokenLine(text)})`, 'Correct the syntax there.');
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

/** JSON.parse often does not say where: the shortest beginning that is wrong by more than its end being missing says. */
function brokenLine(text: string): number {
  let [good, bad] = [0, text.length];
  while (good + 1 < bad) {
    const middle = (good + bad) >>> 1;
    if (onlyUnfinished(text.slice(0, middle))) good = middle;
    else bad = middle;
  }
  return text.slice(0, bad).split('\n').length;
}

function onlyUnfinished(beginning: string): boolean {
  try {
    JSON.parse(beginning);
    return true;
  } catch (error) {
    return error instanceof Error && /end of JSON|Unterminated/.test(error.message);
  }
}
