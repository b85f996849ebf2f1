import { versionTag, type Version } from './records.ts';
import type { Reply } from './reply.ts';

/** A version of a resource, with the headers that R4 (3.1.0.1.3) wants. */
export function replyWith(status: number, version: Version, base: string, prefer: string | undefined): Reply {
  const { type, id, number, at } = version;
  const headers = {
    etag: versionTag(version),
    'last-modified': new Date(at).toUTCString(),
    ...(status === 200 ? {} : { location: `${base}/${type}/${id}/_history/${number}` }),
  };
  if (/return=minimal/.test(prefer ?? '')) return { status, headers };
  return { status, headers, body: version.resource ?? undefined };
}
