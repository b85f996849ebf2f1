/** Nodes that may not be between a source and the end of a path: they keep, drop or mix work items. */
import type { FlowNode } from '../../engine/index.ts';
import { textOf } from './subject.ts';

/** The usual lease of a feed; what waits longer is delivered again while it waits. */
const LEASE_SECONDS = 60;
const SECONDS: Readonly<Record<string, number>> = {
  milliseconds: 0.001,
  seconds: 1,
  minutes: 60,
  hours: 3600,
  days: 86_400,
};

/** Half a sentence; `null`: it may be there. */
export function whyNotBetween(node: FlowNode): string | null {
  switch (node.type) {
    case 'trigger':
      return 'it sends something of its own later, when the message is over';
    case 'complete':
      return 'it hears of messages that have ended';
    case 'filter':
    case 'rbe':
      return 'it drops messages, and compares those of different patients';
    case 'join':
      return node['mode'] === undefined || node['mode'] === 'auto' ? null : 'it joins parts of different messages';
    case 'batch':
      return 'it joins different messages';
    case 'delay':
      return whyNotDelay(node);
    case 'function':
      return sendsLater(node) ? 'its code sends from a callback without ever calling node.done()' : null;
    default:
      return null;
  }
}

function whyNotDelay(node: FlowNode): string | null {
  const kind = node['pauseType'] ?? 'delay';
  if (node['drop'] === true && kind !== 'delay') return 'it drops messages that come too fast';
  if (kind !== 'delay' && kind !== 'random') return null;
  const [amount, units] =
    kind === 'delay' ? [node['timeout'], node['timeoutUnits']] : [node['randomLast'], node['randomUnits']];
  // The editor of older versions writes `second`.
  const unit = `${(textOf(units) || 'seconds').replace(/s$/, '')}s`;
  const seconds = Number(amount ?? 0) * (SECONDS[unit] ?? 1);
  return seconds > LEASE_SECONDS
    ? `it waits longer than the ${LEASE_SECONDS} s after which a message is delivered again`
    : null;
}

const CALLBACK =
  /\b(?:setTimeout|setInterval|setImmediate|then|catch|on|once)\s*\(|\bawait\b|=>\s*\{?[^}]{0,500}node\.send/;

function sendsLater(node: FlowNode): boolean {
  const code = textOf(node['func']);
  return /\bnode\.send\s*\(/.test(code) && CALLBACK.test(code) && !/\bnode\.done\s*\(/.test(code);
}
