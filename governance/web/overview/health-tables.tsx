import { CircleCheck, CircleDashed, CircleHelp, OctagonAlert, Unplug } from 'lucide-react';
import { Fragment } from 'react';
import { Link } from 'wouter';
import type { EndpointHealth, FeedStatus } from '../../api/runtime-shapes.ts';
import { ScrollX } from '../feedback/scroll-x.tsx';
import { ToneMark } from '../states/state-mark.tsx';
import { Age } from '../time/clocks.tsx';

const FEED = {
  listening: { tone: 'ok', icon: CircleCheck, text: 'Listening' },
  starting: { tone: 'info', icon: CircleDashed, text: 'Starting' },
  failed: { tone: 'danger', icon: OctagonAlert, text: 'Not listening' },
  unbound: { tone: 'warn', icon: Unplug, text: 'Not bound' },
} as const;

export function FeedTable({ feeds }: { readonly feeds: readonly FeedStatus[] }) {
  return (
    <section className="panel" aria-labelledby="feeds">
      <div className="panel-head">
        <h2 id="feeds">Feeds</h2>
      </div>
      {feeds.length === 0 ? (
        <p className="panel-body dim">No feed is connected yet. Add a feed to a flow in the editor and deploy it.</p>
      ) : (
        <ScrollX label="Feeds, table">
          <table className="plain-table">
            <thead>
              <tr>
                <th>Feed</th>
                <th>State</th>
                <th>Where</th>
                <th className="number">Senders</th>
                <th className="number">Last message</th>
              </tr>
            </thead>
            <tbody>
              {feeds.map((feed) => (
                <Fragment key={feed.name}>
                  <tr>
                    <td>
                      <Link href={`/messages?feed=${encodeURIComponent(feed.name)}`}>{feed.name}</Link>
                    </td>
                    <td>
                      <ToneMark tone={FEED[feed.state].tone} icon={FEED[feed.state].icon}>
                        {FEED[feed.state].text}
                      </ToneMark>
                    </td>
                    <td className="mono">{feed.port === null ? '–' : `${feed.host ?? ''}:${feed.port}`}</td>
                    <td className="number">{feed.connections}</td>
                    <td className="number">
                      {feed.lastMessageAt === null ? (
                        'none yet'
                      ) : (
                        <>
                          <Age at={feed.lastMessageAt} /> ago
                        </>
                      )}
                    </td>
                  </tr>
                  {(feed.error || feed.state === 'unbound') && (
                    <tr className="continued">
                      <td colSpan={5} className="dim">
                        {feed.error?.text ?? 'It has no listener here: give it one in bindings.json.'}
                      </td>
                    </tr>
                  )}
                </Fragment>
              ))}
            </tbody>
          </table>
        </ScrollX>
      )}
    </section>
  );
}

const ENDPOINT = {
  up: { tone: 'ok', icon: CircleCheck, text: 'Answers' },
  down: { tone: 'danger', icon: OctagonAlert, text: 'Does not answer' },
  unknown: { tone: 'plain', icon: CircleHelp, text: 'Not used yet' },
} as const;

export function EndpointTable({ endpoints }: { readonly endpoints: readonly EndpointHealth[] }) {
  return (
    <section className="panel" aria-labelledby="endpoints">
      <div className="panel-head">
        <h2 id="endpoints">Endpoints</h2>
      </div>
      {endpoints.length === 0 ? (
        <p className="panel-body dim">
          No endpoint is bound. Name a FHIR server in bindings.json so that flows can write to it.
        </p>
      ) : (
        <ScrollX label="Endpoints, table">
          <table className="plain-table">
            <thead>
              <tr>
                <th>Endpoint</th>
                <th>State</th>
                <th className="number">Last success</th>
                <th>Last failure</th>
                <th className="number">In flight</th>
              </tr>
            </thead>
            <tbody>
              {endpoints.map((endpoint) => (
                <tr key={endpoint.name}>
                  <td>
                    {endpoint.name} <span className="dim">{endpoint.kind.toUpperCase()}</span>
                    {endpoint.state === 'down' && (
                      <div className="dim">Work for it waits and is tried again by itself.</div>
                    )}
                  </td>
                  <td>
                    <ToneMark tone={ENDPOINT[endpoint.state].tone} icon={ENDPOINT[endpoint.state].icon}>
                      {ENDPOINT[endpoint.state].text}
                    </ToneMark>
                  </td>
                  <td className="number">
                    {endpoint.lastSuccess === null ? (
                      '–'
                    ) : (
                      <>
                        <Age at={endpoint.lastSuccess} /> ago
                      </>
                    )}
                  </td>
                  <td>
                    {endpoint.lastFailure === null ? (
                      '–'
                    ) : (
                      <>
                        <Age at={endpoint.lastFailure} /> ago
                        <div>
                          <code className="dim">{endpoint.lastFailureCode}</code>
                        </div>
                      </>
                    )}
                  </td>
                  <td className="number">{endpoint.inFlight}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollX>
      )}
    </section>
  );
}
