/** What the page of a trust store does, each once; what it shows is asked by `useTrust` of the proposals. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { TrustChangeView } from '../../api/release-contract.ts';
import type { Envelope } from '../../bundle/dsse.ts';
import { call } from '../api/client.ts';
import { refresh } from '../api/queries.ts';

export function useTrustDeeds(environment: string) {
  const client = useQueryClient();
  // Also after a refusal: somebody else may have been first.
  const onSettled = (): void => void refresh(client, 'trust', 'keys', 'environment', 'environments');
  const path = `/trust/${environment}/changes`;
  return {
    propose: useMutation({
      mutationFn: (envelope: Envelope) => call<TrustChangeView>('POST', path, { envelope }),
      onSettled,
    }),
    sign: useMutation({
      mutationFn: ({ id, envelope }: { readonly id: string; readonly envelope: Envelope }) =>
        call<TrustChangeView>('POST', `${path}/${id}/signatures`, { envelope }),
      onSettled,
    }),
    withdraw: useMutation({
      mutationFn: (id: string) => call<void>('POST', `${path}/${id}/withdraw`, {}),
      onSettled,
    }),
  };
}
