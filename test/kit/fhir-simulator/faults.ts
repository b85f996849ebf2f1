/** What a test has go wrong, and with which requests. */
export interface Matching {
  readonly method?: string;
  /** Resource type, or the first part of the path (`metadata`); `''`: the base, to which transactions go. */
  readonly type?: string;
  /** Matches path and query behind the base. */
  readonly path?: RegExp;
  /** Leaves so many matching requests alone first; default 0. */
  readonly after?: number;
  /** Spoils so many, then no more; default: all. */
  readonly times?: number;
}

export type Fault =
  /** Refused before anything is done. `retryAfter`: seconds, or the text of the header (an HTTP-date). */
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter?: number | string; readonly body?: unknown }
  /** Never answered; `done`: but carried out. */
  | { readonly kind: 'hang'; readonly done?: boolean }
  /** The connection breaks before anything is done. */
  | { readonly kind: 'reset' }
  /** It is done, and the connection breaks. */
  | { readonly kind: 'lose-answer' }
  /** It is done, and answered with this status. */
  | { readonly kind: 'fail-after'; readonly status: number }
  /** Something on the way sends it twice; the second answer counts. */
  | { readonly kind: 'twice' }
  /** Taken up only when this resolves: for reordering and slowness. */
  | { readonly kind: 'wait-before'; readonly until: Promise<unknown> }
  /** Done at once, answered only when this resolves. */
  | { readonly kind: 'wait-after'; readonly until: Promise<unknown> }
  /** Answered with 200 and something that is no FHIR JSON. */
  | { readonly kind: 'not-json' }
  /** Answered with 200 and this, as it stands. */
  | { readonly kind: 'text'; readonly text: string }
  /** Answered properly, with so many bytes more. */
  | { readonly kind: 'huge'; readonly bytes: number }
  /** Answered compressed, whatever the client accepts. */
  | { readonly kind: 'compressed' }
  | { readonly kind: 'redirect'; readonly to: string; readonly status?: number }
  /** The next link of the page leads there. */
  | { readonly kind: 'next-link'; readonly to: string }
  /** `none`: neither ETag nor meta.versionId; `wrong`: both say a version that is not there. */
  | { readonly kind: 'version'; readonly says: 'none' | 'wrong' }
  /** Done, answered without a body. */
  | { readonly kind: 'no-body' }
  /** The server does not know If-None-Exist (in entries: ifNoneExist). */
  | { readonly kind: 'ignores-condition' }
  /** Of a transaction only so many entries are done; then the connection breaks. */
  | { readonly kind: 'torn'; readonly entries: number };

export interface Rule {
  readonly matching: Matching;
  readonly fault: Fault;
  seen: number;
}

/** Of the first rule that spoils the request; the rules after it do not count it. */
export function faultFor(rules: readonly Rule[], method: string, type: string, path: string): Fault | null {
  for (const rule of rules) {
    const { matching } = rule;
    if (matching.method !== undefined && matching.method !== method) continue;
    if (matching.type !== undefined && matching.type !== type) continue;
    if (matching.path !== undefined && !matching.path.test(path)) continue;
    rule.seen++;
    const after = matching.after ?? 0;
    if (rule.seen > after && rule.seen <= after + (matching.times ?? Number.POSITIVE_INFINITY)) return rule.fault;
  }
  return null;
}
