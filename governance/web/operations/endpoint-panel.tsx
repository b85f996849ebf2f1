import { useStatus } from '../api/queries.ts';
import { EndpointTable } from '../overview/health-tables.tsx';

export function EndpointPanel() {
  const endpoints = useStatus().data?.endpoints;
  return endpoints && <EndpointTable endpoints={endpoints} />;
}
