/** How long shifts are is a habit of the house: what was chosen last in this browser. */
import { SHIFT_PLANS, type ShiftPlan } from './shift-time.ts';

const KEY = 'wardflow-shifts';

export function rememberedPlan(): ShiftPlan {
  try {
    const kept = window.localStorage.getItem(KEY);
    return SHIFT_PLANS.find((one) => one === kept) ?? SHIFT_PLANS[0];
  } catch {
    return SHIFT_PLANS[0];
  }
}

export function rememberPlan(plan: string): void {
  try {
    window.localStorage.setItem(KEY, plan);
  } catch {
    // A browser that keeps nothing: asked again the next time.
  }
}
