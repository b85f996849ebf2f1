/** The request that a node makes of one message. */
import type { Node, NodeAPI } from 'node-red';
import type { HttpCall } from '../../engine/index.ts';
import type { WardflowMessage } from '../../runtime/services.ts';
import { text, type NamedValue } from '../kit/checks.ts';
import { nodeErrors } from '../kit/errors.ts';
import { expression } from '../kit/expression.ts';
import { textOf } from '../kit/one-line.ts';
import type { HttpCallProperties } from './config.ts';

export function requestOf(
  RED: NodeAPI,
  node: Node,
  config: HttpCallProperties,
): (msg: WardflowMessage) => Promise<HttpCall> {
  const { method } = config;
  const path = expression(RED, node, 'path', config.path.trim(), config.pathKind);
  const query = rowsOf(RED, node, 'query', config.query);
  const headers = rowsOf(RED, node, 'headers', config.headers);
  const source = config.body.trim();
  const body = method === 'GET' || source === '' ? undefined : expression(RED, node, 'body', source, config.bodyKind);
  const accepts = config.accepts.map(Number);
  return async (msg) => {
    const value = body && (await body.evaluate(msg));
    return {
      method,
      path: await path.string(msg),
      query: await query(msg),
      headers: await headers(msg),
      ...(value !== undefined && value !== null && { body: { type: text(config.contentType), text: written(value) } }),
      ...(accepts.length > 0 && { accepts }),
    };
  };
}

const written = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

function rowsOf(
  RED: NodeAPI,
  node: Node,
  field: string,
  rows: readonly NamedValue[],
): (msg: WardflowMessage) => Promise<Readonly<Record<string, string>>> {
  const prepared = rows.map(({ name, value, kind }) => ({
    name: name.trim(),
    value: expression(RED, node, `${field} ${name.trim()}`, value, kind),
  }));
  return async (msg) => {
    const entries: [string, string][] = [];
    for (const { name, value } of prepared) {
      const given = await value.evaluate(msg);
      if (given === undefined || given === null || given === '') continue;
      if (typeof given === 'object')
        throw nodeErrors.create('expression-kind', {
          field: `${field} ${name}`,
          node: node.name || node.type,
          expected: 'text',
        });
      entries.push([name, textOf(given)]);
    }
    return Object.fromEntries(entries);
  };
}
