/** What an environment behind the gate runs, and how that differs from what was approved. */
import type { RuntimeRelease } from '../../runtime/api/release-contract.ts';
import { note, ok, warning, wrong, type Finding } from './finding.ts';

export function checkRelease({ environment, running, problem, drift }: RuntimeRelease): readonly Finding[] {
  const about = `${environment} release`;
  const what = running && `release ${running.sequence}, bundle ${running.bundle.slice(0, 12)}`;
  return [
    ...(problem ? [wrong(about, problem.title, problem.remedy)] : []),
    what === null ? note(about, 'nothing was promoted to it yet, or nothing of it may run') : ok(about, what),
    ...(running?.until
      ? [warning(about, `glass is broken until ${new Date(running.until).toISOString()}`, 'Have the change approved.')]
      : []),
    ...drift
      .filter(({ text }) => text !== problem?.title)
      .map(({ subject, text, remedy }) => wrong(`drift: ${subject}`, text, remedy)),
  ];
}
