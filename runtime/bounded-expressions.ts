/**
 * Bounds JSONata wherever Node-RED prepares it: its own nodes (`switch`, `change`) as well as ours get it from
 * `RED.util`, which every node has as the same object.
 */
import { bounded } from '../engine/index.ts';

type Prepared = Parameters<typeof bounded>[0];
type Prepare = (source: string, node: unknown) => Prepared;
type Evaluate = (expression: Prepared, msg: unknown, callback: unknown) => unknown;
type EvaluateProperty = (value: unknown, type: unknown, node: unknown, msg: unknown, callback: unknown) => unknown;

export interface NodeRedUtil {
  prepareJSONataExpression: Prepare;
  readonly evaluateJSONataExpression: Evaluate;
  evaluateNodeProperty: EvaluateProperty;
}

/** Gives what takes it back. */
export function boundExpressions(util: NodeRedUtil): () => void {
  const { prepareJSONataExpression, evaluateNodeProperty } = util;
  util.prepareJSONataExpression = (source, node) => bounded(prepareJSONataExpression(source, node));
  // Prepares by itself, past the door above.
  util.evaluateNodeProperty = (value, type, node, msg, callback) =>
    type === 'jsonata' && typeof value === 'string'
      ? util.evaluateJSONataExpression(util.prepareJSONataExpression(value, node), msg, callback)
      : evaluateNodeProperty(value, type, node, msg, callback);
  return () => Object.assign(util, { prepareJSONataExpression, evaluateNodeProperty });
}
