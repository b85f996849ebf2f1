import {
  BadgeCheck,
  Ban,
  CircleCheck,
  CircleDashed,
  CircleX,
  FilePen,
  History,
  Hourglass,
  LoaderCircle,
  Rocket,
  ShieldAlert,
  Undo2,
  type LucideIcon,
} from 'lucide-react';
import type { ProposalAction, ProposalState, ProposalSummary, RunState } from '../../api/proposal-contract.ts';
import type { Tone } from '../states/message-state.ts';
import { ToneMark } from '../states/state-mark.tsx';

interface Look {
  readonly label: string;
  readonly tone: Tone;
  readonly icon: LucideIcon;
  readonly meaning: string;
}

export const STATE_LOOKS: Readonly<Record<ProposalState, Look>> = {
  draft: { label: 'Draft', tone: 'plain', icon: FilePen, meaning: 'Its author has not signed it yet' },
  open: { label: 'Open', tone: 'info', icon: Hourglass, meaning: 'Waits for approvals' },
  approved: { label: 'Approved', tone: 'ok', icon: BadgeCheck, meaning: 'May be ordered into its environment' },
  released: { label: 'Released', tone: 'ok', icon: Rocket, meaning: 'An environment was ordered to run it' },
  rejected: { label: 'Rejected', tone: 'danger', icon: Ban, meaning: 'A reviewer said no' },
  withdrawn: { label: 'Withdrawn', tone: 'plain', icon: Undo2, meaning: 'Its author took it back' },
};

export function ProposalStateMark({ proposal: { state, outdated } }: { readonly proposal: ProposalSummary }) {
  const { label, tone, icon, meaning } = STATE_LOOKS[state];
  if (outdated && (state === 'draft' || state === 'open' || state === 'approved'))
    return (
      <ToneMark tone="warn" icon={History} title={outdatedSentence(outdated)}>
        {label}, outdated
      </ToneMark>
    );
  return (
    <ToneMark tone={tone} icon={icon} title={meaning}>
      {label}
    </ToneMark>
  );
}

const RISK_TONES: Readonly<Record<string, Tone>> = { low: 'plain', moderate: 'info', high: 'warn', critical: 'danger' };

export function RiskMark({ risk }: { readonly risk: string }) {
  return (
    <ToneMark
      tone={RISK_TONES[risk] ?? 'warn'}
      {...(risk === 'high' || risk === 'critical' ? { icon: ShieldAlert } : {})}
    >
      {risk} risk
    </ToneMark>
  );
}

const RUN: Readonly<Record<RunState['state'], { readonly tone: Tone; readonly icon: LucideIcon }>> = {
  waiting: { tone: 'plain', icon: CircleDashed },
  running: { tone: 'info', icon: LoaderCircle },
  passed: { tone: 'ok', icon: CircleCheck },
  failed: { tone: 'danger', icon: CircleX },
};

/** `what`: "Checks", "Scenarios". */
const NONE: (typeof RUN)[RunState['state']] = { tone: 'plain', icon: CircleDashed };

export function RunMark({ what, run }: { readonly what: 'Checks' | 'Scenarios'; readonly run: RunState }) {
  const { tone, icon } = what === 'Scenarios' && run.total === 0 && run.state === 'passed' ? NONE : RUN[run.state];
  return (
    <ToneMark tone={tone} icon={icon}>
      {runWords(what, run)}
    </ToneMark>
  );
}

export function runWords(what: 'Checks' | 'Scenarios', { state, failed, total }: RunState): string {
  if (state === 'waiting') return `${what} wait`;
  if (state === 'running') return `${what} are running`;
  if (what === 'Checks')
    return failed > 0
      ? `Checks: ${failed} ${failed === 1 ? 'error' : 'errors'}`
      : total > 0
        ? `Checks: ${total} to note`
        : 'Checks passed';
  return failed > 0
    ? `Scenarios: ${failed} of ${total} failed`
    : total === 0
      ? 'No scenarios'
      : `Scenarios: ${total} passed`;
}

export const outdatedSentence = (outdated: 'base' | 'policy'): string =>
  outdated === 'base'
    ? 'Its environment runs something else by now, which nobody has looked at together with this.'
    : 'The policy was changed since, and approvals are given under the policy in force.';

export const ASKS: Readonly<Partial<Record<ProposalAction, string>>> = {
  sign: 'You have to sign it',
  approve: 'You can approve it',
  revise: 'You have to revise it',
  order: 'You can order it',
};
