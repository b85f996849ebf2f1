import type { TaskPart, TaskStep, TaskView } from '../../api/runtime-shapes.ts';

/** What somebody wants to do with a task: each opens a sheet. */
export type Wish =
  | { readonly kind: 'done' | 'comment' | 'hand-over' | 'take-over' | 'override' | 'report' | 'more' }
  | { readonly kind: 'step'; readonly step: TaskStep }
  | { readonly kind: 'skip'; readonly part: TaskPart }
  | { readonly kind: 'ehr'; readonly side: 'ours' | 'theirs' };

export interface SheetProps {
  readonly task: TaskView;
  readonly onClose: () => void;
  readonly onDone: (task: TaskView) => void;
}
