/** JSON Patch (RFC 6902) on a resource; throws 422 where a step cannot be taken, 400 where it is none. */
import { isDeepStrictEqual } from 'node:util';
import { isRaw, isRecord } from './exact-json.ts';
import { Refusal } from './reply.ts';

export function applyPatch(target: unknown, steps: unknown): unknown {
  if (!Array.isArray(steps)) throw new Refusal(400, 'structure');
  return steps.reduce((value: unknown, step: unknown) => applyStep(value, step), target);
}

function applyStep(target: unknown, step: unknown): unknown {
  if (!isRecord(step)) throw new Refusal(400, 'structure');
  const path = pointer(step['path']);
  switch (step['op']) {
    case 'add':
      return put(target, path, step['value'], 'add');
    case 'replace':
      return put(target, path, step['value'], 'replace');
    case 'remove':
      return put(target, path, undefined, 'remove');
    case 'test':
      if (!isDeepStrictEqual(plain(at(target, path)), plain(step['value']))) throw new Refusal(422, 'processing');
      return target;
    case 'copy':
      return put(target, path, at(target, pointer(step['from'])), 'add');
    case 'move': {
      const from = pointer(step['from']);
      const moved = at(target, from);
      return put(put(target, from, undefined, 'remove'), path, moved, 'add');
    }
    default:
      throw new Refusal(400, 'not-supported');
  }
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value) ?? 'null') as unknown;

/** RFC 6901. */
function pointer(text: unknown): readonly string[] {
  if (typeof text !== 'string' || (text !== '' && !text.startsWith('/'))) throw new Refusal(400, 'structure');
  return text
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function at(target: unknown, path: readonly string[]): unknown {
  return path.reduce((value: unknown, key) => {
    const next = Array.isArray(value) ? (value as unknown[])[Number(key)] : isRecord(value) ? value[key] : undefined;
    if (next === undefined) throw new Refusal(422, 'processing');
    return next;
  }, target);
}

type How = 'add' | 'replace' | 'remove';

/** A copy of `target` with the place changed. */
function put(target: unknown, [key, ...rest]: readonly string[], value: unknown, how: How): unknown {
  if (key === undefined) return value;
  if (Array.isArray(target)) {
    const list = [...(target as unknown[])];
    const index = key === '-' ? list.length : Number(key);
    const most = how === 'add' && rest.length === 0 ? list.length : list.length - 1;
    if (!Number.isInteger(index) || index < 0 || index > most) throw new Refusal(422, 'processing');
    if (rest.length > 0) list[index] = put(list[index], rest, value, how);
    else list.splice(index, how === 'add' ? 0 : 1, ...(how === 'remove' ? [] : [value]));
    return list;
  }
  if (!isRecord(target) || isRaw(target)) throw new Refusal(422, 'processing');
  if (rest.length > 0) {
    if (!(key in target)) throw new Refusal(422, 'processing');
    return { ...target, [key]: put(target[key], rest, value, how) };
  }
  if (how !== 'add' && !(key in target)) throw new Refusal(422, 'processing');
  const { [key]: _, ...others } = target;
  return how === 'remove' ? others : { ...target, [key]: value };
}
