/** What an environment was ordered to run. */
import type { Io } from '../io.ts';
import { withReleaseSite } from '../release-site.ts';
import { columns, dateTime, json } from '../terminal.ts';
import type { TrustOptions } from '../trust-folder.ts';

export async function listReleases(io: Io, options: TrustOptions & { readonly json?: boolean }): Promise<void> {
  await withReleaseSite(io, options, async ({ environment, log, running, runtime }) => {
    const told = runtime === 'elsewhere' ? null : await runtime.current();
    const now = told?.kind === 'answer' ? told.value : null;
    const releases = log.toReversed().map((one) => ({
      sequence: one.sequence,
      kind: one.kind === 'order' && one.ranBefore ? ('rollback' as const) : one.kind,
      bundle: one.bundle,
      previous: one.previous,
      orderedBy: one.person,
      acceptedAt: dateTime(one.acceptedAt),
      until: one.kind === 'break-glass' ? dateTime(one.until) : null,
      reason: one.kind === 'break-glass' ? one.reason : null,
      inForce: one === running.by,
    }));
    if (options.json === true) {
      io.out(json({ environment, inForce: running.bundle, until: running.until, runtime: now, releases }));
      return;
    }
    io.out(
      columns([
        ['release', 'bundle', 'what', 'ordered by', 'at', ''],
        ...releases.map((one) => [
          String(one.sequence),
          one.bundle.slice(0, 12),
          one.until === null ? one.kind : `${one.kind} until ${one.until}`,
          one.orderedBy,
          one.acceptedAt,
          one.inForce ? 'in force' : '',
        ]),
      ]),
    );
    if (now?.problem) io.out(`\n${now.problem.title} ${now.problem.remedy}\n`);
    for (const { text, remedy } of now?.drift ?? []) io.out(`\n${text} ${remedy}\n`);
  });
}
