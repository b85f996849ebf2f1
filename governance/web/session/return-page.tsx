import { useEffect } from 'react';
import { useLocation, useSearchParams } from 'wouter';
import { baseOf, environmentOf } from '../../api/console-address.ts';
import { ENVIRONMENT } from '../api/environment.ts';
import { useRuntimes } from '../api/queries.ts';
import { LoadingRows } from '../feedback/loading-rows.tsx';
import { returnAddress } from './return-address.ts';

/** `/login?return=…`, once one is logged in: leads back to where one came from, or to the overview. */
export function ReturnPage() {
  const [params] = useSearchParams();
  const [, navigate] = useLocation();
  const runtimes = useRuntimes();
  const settled = runtimes.isSuccess || runtimes.isError;
  useEffect(() => {
    if (!settled) return;
    const editors = runtimes.data?.runtimes.flatMap(({ editor }) => editor ?? []) ?? [];
    const target = returnAddress(params.get('return'), window.location.href, editors);
    if (target === null || (target.startsWith('/') && environmentOf(target) === ENVIRONMENT))
      navigate((target ?? '/').slice(target === null ? 0 : baseOf(ENVIRONMENT).length), { replace: true });
    else window.location.replace(target);
  }, [settled, runtimes.data, params, navigate]);
  return <LoadingRows rows={6} />;
}
