import { Merge } from 'lucide-react';
import { Link } from 'wouter';
import type { PatientNow } from '../../api/runtime-shapes.ts';
import { useSession } from '../session/session.ts';
import { Age } from '../time/clocks.tsx';
import classes from './tasks.module.css';

/** The patient has another number by now: what is looked up by the old one may not be found. */
export function MergedNote({ merged, since }: { readonly merged: PatientNow['merged']; readonly since: number }) {
  const { may } = useSession();
  if (merged === null) return null;
  const { at, by, hint } = merged;
  return (
    <p className={classes['merged']}>
      <Merge size={16} aria-hidden="true" />
      <span>
        {by === 'person' ? 'Somebody joined the patient with another' : 'The patient was merged'}
        {at >= since && (
          <>
            {' '}
            <Age at={at} /> ago
          </>
        )}
        : now under {hint ?? 'another number'}. {may('identity:list') && <Link href="/identities/merges">Merges</Link>}
      </span>
    </p>
  );
}
