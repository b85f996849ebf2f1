import { Hospital } from 'lucide-react';
import type { TaskView } from '../../api/runtime-shapes.ts';
import { ToneMark } from '../states/state-mark.tsx';
import { EHR_WORDS, ehrStanding, PRIORITIES, TASK_LOOKS } from './task-words.ts';

export function TaskMark({ state }: { readonly state: TaskView['state'] }) {
  const { label, tone, icon, meaning } = TASK_LOOKS[state];
  return (
    <ToneMark tone={tone} icon={icon} title={meaning}>
      {label}
    </ToneMark>
  );
}

export function PriorityMark({ priority }: Pick<TaskView, 'priority'>) {
  const look = PRIORITIES[priority];
  return look && <ToneMark tone={look.tone}>{look.label}</ToneMark>;
}

/** The EHR beside our own state; nothing where the two are one, unless asked. */
export function EhrMark({ task, always = false }: { readonly task: TaskView; readonly always?: boolean }) {
  const standing = ehrStanding(task);
  if (standing === 'none' || (standing === 'in-step' && !always)) return null;
  const { label, tone } = EHR_WORDS[standing];
  return (
    <ToneMark tone={tone} icon={Hospital}>
      EHR {label}
    </ToneMark>
  );
}
