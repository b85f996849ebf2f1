import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Resource } from '@medplum/fhirtypes';

export type LogLine = { readonly put: Resource } | { readonly deleted: string };

/**
 * What a restart of the demo needs: one JSON line for each write, before it is answered. Read and rewritten whole at
 * start. Without fsync: this is a sandbox, and a killed process leaves what it wrote to the operating system.
 */
export interface ResourceLog {
  append(lines: readonly LogLine[]): void;
  close(): void;
}

export function openResourceLog(folder: string): { readonly log: ResourceLog; readonly kept: readonly LogLine[] } {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, 'resources.jsonl');
  const kept = existsSync(path) ? newest(readFileSync(path, 'utf8')) : [];
  writeFileSync(`${path}.new`, kept.map(text).join(''), { mode: 0o600 });
  renameSync(`${path}.new`, path);
  const file = openSync(path, 'a', 0o600);
  return {
    kept,
    log: { append: (lines) => void writeSync(file, lines.map(text).join('')), close: () => closeSync(file) },
  };
}

const text = (line: LogLine): string => `${JSON.stringify(line)}\n`;

/** The last line for each resource, in the order of those lines. A line that a crash cut short is left out. */
function newest(content: string): readonly LogLine[] {
  const last = new Map<string, LogLine>();
  for (const raw of content.split('\n')) {
    const line = parsed(raw);
    if (!line) continue;
    const key = 'deleted' in line ? line.deleted : `${line.put.resourceType}/${line.put.id ?? ''}`;
    last.delete(key);
    last.set(key, line);
  }
  return [...last.values()];
}

function parsed(raw: string): LogLine | undefined {
  try {
    return raw === '' ? undefined : (JSON.parse(raw) as LogLine);
  } catch {
    return undefined;
  }
}
