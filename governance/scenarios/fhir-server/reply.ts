import { tagOf, type Version } from './records.ts';

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** `null`: none. */
  readonly body: object | null;
}

/** What a request comes to that is refused: in a transaction, the end of all of it. */
export class RequestRefused extends Error {
  readonly reply: Reply;

  constructor(status: number, code: string) {
    super(code);
    this.reply = outcome(status, code);
  }
}

export const outcome = (status: number, code: string): Reply => ({
  status,
  headers: {},
  body: { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code }] },
});

/** One version of a resource. */
export const shown = (status: number, version: Version): Reply => ({
  status,
  headers: {
    location: `${version.type}/${version.id}/_history/${version.number}`,
    etag: tagOf(version),
    'last-modified': new Date(version.at).toUTCString(),
  },
  body: version.resource,
});
