import type { TaskCounts } from '../../api/runtime-shapes.ts';
import { OPEN, sumOf, TAB_LOOKS } from './worklist-filter.ts';

export const openMine = (counts: TaskCounts): number => sumOf(counts, TAB_LOOKS.mine.states);
export const openOf = (counts: TaskCounts): number => sumOf(counts, OPEN);
