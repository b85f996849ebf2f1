/** Alert policies: what is silenced for longer than somebody said, and channels that lead nowhere. */
import { finding, type Finding } from './finding.ts';
import { isRecord, parsed, SHARED, textOf, type Subject } from './subject.ts';

/** Bound everywhere: it is Wardflow's own. */
const ALWAYS_THERE = 'console';

export function checkAlerts(subject: Subject): Finding[] {
  const { files, name: definition, now } = subject;
  const today = now.toISOString().slice(0, 10);
  const found: Finding[] = [];
  for (const [file, text] of Object.entries(files)) {
    if (!file.startsWith('alerts/')) continue;
    const policy = parsed(text);
    const rules: unknown = isRecord(policy) ? policy['suppress'] : undefined;
    for (const [i, rule] of (Array.isArray(rules) ? rules : []).entries()) {
      const until = isRecord(rule) ? textOf(rule['until']) : '';
      if (until !== '' && until < today)
        found.push(finding('suppression-over', { definition, file }, { rule: i + 1, date: until }));
    }
  }
  return [...found, ...unbound(subject)];
}

function unbound({ definition: loaded, name: definition, bindings = [] }: Subject): Finding[] {
  // Those of _shared are bound for whoever uses them.
  if (definition === SHARED || !loaded) return [];
  const channels = new Set(
    [...loaded.alerts.values()].flatMap(({ tiers }) => tiers.flatMap((tier) => [...tier.channels])),
  );
  channels.delete(ALWAYS_THERE);
  return bindings.flatMap(({ environment, channels: bound = [] }) =>
    [...channels]
      .filter((name) => !bound.includes(name))
      .map((name) =>
        finding('name-unbound', { definition, file: 'flow.json' }, { kind: 'alert channel', name, environment }),
      ),
  );
}
