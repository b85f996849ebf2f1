/** Finds tasks by what their copies in the EHR are called: `Task/12`. */
import type { KnownCopy, WorkflowTasks } from '../store/contract/index.ts';

const REFERENCE = /^Task\/[A-Za-z0-9.-]{1,64}$/;

export const isTaskReference = (text: string): boolean => REFERENCE.test(text);

/** Of what is open or differs: one of each endpoint at most. Reads all of these, since somebody types it now and then. */
export async function copiesNamed(
  tasks: Pick<WorkflowTasks, 'copies'>,
  reference: string,
): Promise<readonly KnownCopy[]> {
  const found: KnownCopy[] = [];
  let after: string | undefined;
  do {
    const page = await tasks.copies({ limit: 1000, ...(after !== undefined && { after }) });
    found.push(...page.copies.filter((copy) => copy.reference === reference));
    after = page.next ?? undefined;
  } while (after !== undefined);
  return found;
}
