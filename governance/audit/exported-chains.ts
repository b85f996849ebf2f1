import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { AuditRecord } from '../../engine/index.ts';
import type { ChainReader } from './chain-reader.ts';
import { auditErrors } from './errors.ts';

/** A line of an export is a record with what it says; longer ones were not written by Wardflow. */
const LONGEST_LINE = 1024 * 1024;

/**
 * The chains of exported files (JSON lines): of a whole export all records are there, and can be verified anywhere. An
 * export that was filtered lacks records, which verification says.
 *
 * @throws WardflowError `audit-export-invalid`, or the system's error where a file cannot be read
 */
export async function exportedChains(files: readonly string[]): Promise<readonly ChainReader[]> {
  const chains = new Map<string, AuditRecord[]>();
  for (const file of files) {
    let number = 0;
    for await (const line of createInterface({ input: createReadStream(file, 'utf8') })) {
      number++;
      const { chain, record } = read(line, number);
      const records = chains.get(chain);
      if (records) records.push(record);
      else chains.set(chain, [record]);
    }
  }
  return [...chains].map(([chain, all]) => {
    const records = all.toSorted((a, b) => a.seq - b.seq);
    return {
      chain,
      head: () => Promise.resolve({ seq: records.at(-1)?.seq ?? 0, hash: records.at(-1)?.hash ?? '' }),
      list: ({ after = 0, limit = 1000 }) => {
        const from = records.findIndex(({ seq }) => seq > after);
        return Promise.resolve(from < 0 ? [] : records.slice(from, from + limit));
      },
    };
  });
}

function read(line: string, number: number): { readonly chain: string; readonly record: AuditRecord } {
  try {
    if (line.length > LONGEST_LINE) throw new TypeError('too long');
    const { chain, record } = JSON.parse(line) as { chain?: unknown; record?: Partial<AuditRecord> };
    if (typeof chain === 'string' && typeof record?.seq === 'number' && typeof record.hash === 'string')
      return { chain, record: record as AuditRecord };
  } catch {
    // Said below.
  }
  throw auditErrors.create('audit-export-invalid', { line: number });
}
