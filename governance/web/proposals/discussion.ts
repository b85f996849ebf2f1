import { createContext, useContext } from 'react';
import type { Comment, ProposalView } from '../../api/proposal-contract.ts';

export type CommentPlace = NonNullable<Comment['place']>;

/** The proposal that is shown: what anything on its page may be commented on with. */
export const ProposalContext = createContext<ProposalView | null>(null);

export function useShownProposal(): ProposalView {
  const view = useContext(ProposalContext);
  if (!view) throw new TypeError('useShownProposal outside of a proposal');
  return view;
}

export const samePlace = (a: Comment['place'], b: Comment['place']): boolean =>
  a === b || (a !== null && b !== null && a.definition === b.definition && a.file === b.file && a.anchor === b.anchor);

/**
 * How a place in a file is named: `node:<id>`, `node:<id>/<property>`, `row:<id>`, `row:<id>/<column>`, `otherwise`,
 * `field:<path>`, `line:<number in the new version>`, `line:-<number in the old one>`.
 */
export const anchors = {
  node: (id: string, property?: string): string => (property === undefined ? `node:${id}` : `node:${id}/${property}`),
  row: (id: string, column?: string): string => (column === undefined ? `row:${id}` : `row:${id}/${column}`),
  field: (path: readonly (string | number)[]): string => `field:${path.join('/')}`.slice(0, 200),
  line: (before: number | undefined, after: number | undefined): string => `line:${after ?? -(before ?? 0)}`,
};

/** Where on the page a place is shown. */
export function addressOf(number: number, { definition, file, anchor }: CommentPlace): string {
  const values = new URLSearchParams({ definition, file });
  const [, kind = '', id = ''] = /^([a-z]+):([^/]*)/.exec(anchor ?? '') ?? [];
  if (kind === 'node') values.set('node', id);
  const view = kind === 'node' ? 'flow' : kind === 'row' || anchor === 'otherwise' ? 'rules' : 'files';
  return `/proposals/${number}/${view}?${values.toString()}`;
}

/** A place in words. */
export function placeWords({ definition, file, anchor }: CommentPlace): string {
  const [, kind = '', id = '', part = ''] = /^([a-z]+):([^/]*)(?:\/(.*))?$/.exec(anchor ?? '') ?? [];
  const what: Readonly<Record<string, string>> = {
    node: part === '' ? `node ${id}` : `node ${id}, ${part}`,
    row: part === '' ? `row ${id}` : `row ${id}, ${part}`,
    field: (anchor ?? '').slice('field:'.length).replaceAll('/', ' › '),
    line: id.startsWith('-') ? `line ${id.slice(1)} of the old version` : `line ${id}`,
  };
  return [definition, file, what[kind] ?? (anchor === 'otherwise' ? 'where no row matches' : '')]
    .filter(Boolean)
    .join(' · ');
}
