import { Link } from 'wouter';

export const runbookPlace = (definition: string, heading: string): string =>
  `/definitions/${definition}/runbook/${encodeURIComponent(heading)}`;

/** What to do about it, in the words of the flow's owners. */
export function RunbookLink({ definition, heading }: { readonly definition: string; readonly heading: string }) {
  return <Link href={runbookPlace(definition, heading)}>{heading}</Link>;
}
