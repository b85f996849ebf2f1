import { Button } from '@mantine/core';
import { PinOff } from 'lucide-react';
import { Link } from 'wouter';
import type { SampleView } from '../../api/runtime-shapes.ts';
import { LoadingRows } from '../feedback/loading-rows.tsx';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { ScrollX } from '../feedback/scroll-x.tsx';
import { personOf } from '../operations/switch-words.ts';
import { useSession } from '../session/session.ts';
import { useSay } from '../shell/announcer.tsx';
import { exactTime } from '../time/duration.ts';
import { useSamples, useUnpin } from './queries.ts';

/** The messages that the editor's previews offer, by feed. */
export function SamplesView() {
  const samples = useSamples();
  const unpin = useUnpin();
  const say = useSay();
  const mayPin = useSession().may('sample:pin');
  if (samples.isPending) return <LoadingRows rows={4} height={40} />;
  if (!samples.data) return <ProblemNotice error={samples.error} retry={() => void samples.refetch()} />;
  const all = samples.data.samples;
  const feeds = [...new Set(all.map(({ feed }) => feed))].toSorted();
  const drop = ({ message, name }: SampleView): void =>
    unpin.mutate(message, { onSuccess: () => say(`${name} is no sample any more.`) });
  return (
    <>
      {unpin.isError && <ProblemNotice error={unpin.error} />}
      {feeds.length === 0 && (
        <section className="panel" aria-labelledby="samples">
          <div className="panel-head">
            <h2 id="samples">Samples for the editor</h2>
          </div>
          <p className="panel-body dim">
            No message is pinned. Open one in <Link href="/messages">Messages</Link> and pin it, so that flows can be tried
            on it in the editor while they are written.
          </p>
        </section>
      )}
      {feeds.map((feed) => (
        <section key={feed} className="panel" aria-labelledby={`samples-${feed}`}>
          <div className="panel-head">
            <h2 id={`samples-${feed}`}>Samples of the feed {feed}</h2>
          </div>
          <ScrollX label={`Samples of the feed ${feed}, table`}>
            <table className="plain-table">
              <thead>
                <tr>
                  <th>Sample</th>
                  <th>Message</th>
                  <th>Received</th>
                  <th>Pinned by</th>
                  {mayPin && <th aria-label="Unpin" />}
                </tr>
              </thead>
              <tbody>
                {all
                  .filter((one) => one.feed === feed)
                  .map((one) => (
                    <tr key={one.message}>
                      <td>
                        {one.name}
                        {one.gone && <div className="dim">Gone: retention removed its content.</div>}
                      </td>
                      <td>
                        <Link href={`/messages/${one.message}`}>
                          {one.type ?? 'Unknown type'} <span className="mono">{one.controlId ?? one.message}</span>
                        </Link>
                      </td>
                      <td>{one.receivedAt === null ? '–' : exactTime(one.receivedAt)}</td>
                      <td>{personOf(one.by)}</td>
                      {mayPin && (
                        <td className="number">
                          <Button
                            variant="default"
                            size="xs"
                            leftSection={<PinOff size={14} />}
                            aria-label={`Unpin ${one.name}`}
                            disabled={unpin.isPending}
                            onClick={() => drop(one)}
                          >
                            Unpin
                          </Button>
                        </td>
                      )}
                    </tr>
                  ))}
              </tbody>
            </table>
          </ScrollX>
        </section>
      ))}
    </>
  );
}
