import type { LiveChange } from '../../../engine/index.ts';
import type { Permission } from '../../api/permissions.ts';

/** Kinds of changes that browsers hear of, and the permission of whoever hears. What is not here is not handed on. */
export const NEEDED: Readonly<Record<LiveChange['kind'], Permission>> = {
  message: 'message:list',
  escalation: 'escalation:list',
  task: 'task:list',
  alert: 'alert:list',
  problem: 'problem:list',
  identity: 'identity:list',
  fallback: 'status:read',
  feed: 'status:read',
  endpoint: 'status:read',
  switch: 'status:read',
  release: 'release:read',
  notice: 'notice:list',
  gap: 'status:read',
};
