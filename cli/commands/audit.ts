import { createWriteStream } from 'node:fs';
import { access, rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { errorName } from '../../engine/index.ts';
import type { AuditVerification } from '../../runtime/api/contract.ts';
import { cliErrors } from '../errors.ts';
import type { Io } from '../io.ts';
import { findRuntime } from '../runtime-client.ts';
import { json, safe } from '../terminal.ts';

/** Gives the exit code: 1 when the chain is broken. */
export async function verifyAuditTrail(
  io: Io,
  options: { readonly runtime: string; readonly json?: boolean },
): Promise<number> {
  const runtime = await findRuntime(io, options.runtime);
  const result = await runtime.get<AuditVerification>('/audit/verify');
  if (options.json === true) io.out(json(result));
  else if (result.intact)
    io.out(`The audit trail is intact: ${result.records} records, head ${result.headSeq} ${safe(result.headHash)}\n`);
  else
    io.out(
      `The audit trail is BROKEN at record ${result.firstBroken?.seq ?? '?'}: ${safe(result.firstBroken?.why ?? '')}\n` +
        'Keep the data folder as it is and tell whoever is responsible for information security.\n',
    );
  return result.intact ? 0 : 1;
}

export interface ExportOptions {
  readonly runtime: string;
  readonly out?: string;
  readonly since?: string;
  readonly force?: boolean;
}

/** JSON lines, oldest first. The export itself is audited. */
export async function exportAuditTrail(io: Io, options: ExportOptions): Promise<void> {
  const runtime = await findRuntime(io, options.runtime);
  const file = options.out;
  if (file !== undefined && options.force !== true && (await exists(file)))
    throw cliErrors.create('file-exists', { file });
  const records = await runtime.stream('/audit/export', { since: options.since });
  if (file === undefined) {
    for await (const chunk of records) await io.bytes(chunk);
    return;
  }
  const draft = `${file}.${process.pid}.new`;
  try {
    await pipeline(records, createWriteStream(draft, { mode: 0o600, flags: 'wx', flush: true }));
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw cliErrors.create('file-unwritable', { file, reason: errorName(error) }, { cause: error });
  }
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
