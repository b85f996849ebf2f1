/**
 * Node-RED's log as ours. What a node writes may quote a message, so of a node's line only the node is kept. Node-RED's own
 * lines (without a node) are shown as they are until the flows run: from then on they too may carry what a flow made.
 */
import type { Log, LogFields } from '../engine/index.ts';

interface NodeRedLine {
  readonly level: number;
  readonly id?: string;
  readonly type?: string;
  readonly z?: string;
  readonly msg?: unknown;
}

const FATAL_OR_ERROR = 20;
const WARN = 30;
const INFO = 40;
const LONGEST = 300;
/** A warning at every start of a runtime whose nodes have no credentials, which is how it should be. */
const NO_CREDENTIALS = 'Encrypted credentials not found';

export function createLogHandler(log: Log, flowsHaveRun: () => boolean): (line: NodeRedLine) => void {
  const own = log.with({ part: 'node-red' });
  return (line) => {
    if (line.level > INFO) return;
    const level = line.level <= FATAL_OR_ERROR ? 'error' : line.level === WARN ? 'warn' : 'debug';
    if (line.id !== undefined || flowsHaveRun()) {
      if (level === 'debug') return;
      const fields: LogFields = {};
      if (line.id !== undefined) fields.node = line.id;
      if (line.type !== undefined) fields.nodeType = line.type;
      if (line.msg instanceof Error) fields.error = line.msg;
      const who = line.id === undefined ? 'Node-RED' : 'A node';
      return own[level](`${who} ${level === 'error' ? 'reported an error' : 'warned'}.`, fields);
    }
    const text = typeof line.msg === 'string' ? line.msg.trim() : '';
    if (text !== '' && text !== NO_CREDENTIALS) own[level](text.replace(/\s+/g, ' ').slice(0, LONGEST));
  };
}
