import type { ProposalView } from '../../api/proposal-contract.ts';

/** Where it stands and what has to happen, in one sentence. Pure. */
export function stateSentence(view: ProposalView): string {
  const { state, outdated, author, environment, waitsFor, may, asksYou } = view;
  const mine = may.revise.yes || asksYou === 'sign' || asksYou === 'revise';
  if (outdated && (state === 'draft' || state === 'open' || state === 'approved')) {
    const why =
      outdated === 'base'
        ? `Outdated: ${environment} runs something else by now than when this was made`
        : 'Outdated: the policy was changed since this was made';
    return mine
      ? `${why}. Revise it, sign it again, and have it approved again.`
      : `${why}. Its author, ${author}, has to revise it; it is approved anew then.`;
  }
  switch (state) {
    case 'draft':
      return asksYou === 'sign'
        ? 'A draft: sign it as its author, so that others can approve it.'
        : `A draft: its author, ${author}, has not signed it yet, so nobody can approve it.`;
    case 'open':
      return waitsFor === '' ? 'It waits for approvals.' : `It waits for ${waitsFor}.`;
    case 'approved':
      return may.order.yes
        ? `Approved: you can order ${environment} to run it.`
        : `Approved: it waits for somebody to order ${environment} to run it.`;
    case 'released':
      return `Released: ${environment} was ordered to run it.`;
    case 'rejected':
      return `Rejected${lastWords(view, 'rejected')}`;
    case 'withdrawn':
      return `Withdrawn${lastWords(view, 'withdrawn')}`;
    default:
      return state satisfies never;
  }
}

const lastWords = ({ history }: ProposalView, kind: 'rejected' | 'withdrawn'): string => {
  const event = history.findLast((one) => one.kind === kind);
  return event ? `: ${event.text}` : '.';
};

/** What the machine has against it; empty: nothing. */
export function troubleSentence({ checks, scenarios }: ProposalView): string {
  const found = [
    checks.failed > 0 ? `the checks found ${checks.failed} ${checks.failed === 1 ? 'error' : 'errors'}` : '',
    scenarios.failed > 0 ? `${scenarios.failed} of ${scenarios.total} scenarios failed` : '',
  ].filter((part) => part !== '');
  return found.length === 0 ? '' : `Look before you decide: ${found.join(', and ')}.`;
}
