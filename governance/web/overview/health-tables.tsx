import { CircleCheck, CircleDashed, CircleHelp, CirclePause, OctagonAlert, Unplug } from 'lucide-react';
import { Fragment } from 'react';
import { Link } from 'wouter';
import type { EndpointHealth, FeedStatus, RuntimeStatus } from '../../api/runtime-shapes.ts';
import { ScrollX } from '../feedback/scroll-x.tsx';
import { ToneMark } from '../states/state-mark.tsx';
import { Age, Until } from '../time/clocks.tsx';
import { utcDay } from '../time/duration.ts';

const FEED = {
  listening: { tone: 'ok', icon: CircleCheck, text: 'Listening' },
  starting: { tone: 'info', icon: CircleDashed, text: 'Starting' },
  failed: { tone: 'danger', icon: OctagonAlert, text: 'Not listening' },
  unbound: { tone: 'warn', icon: Unplug, text: 'Not bound' },
  stopped: { tone: 'warn', icon: CirclePause, text: 'Paused' },
} as const;

export interface FeedTableProps {
  readonly feeds: readonly FeedStatus[];
  /** Of feeds in enhanced mode. A runtime of before has none to say. */
  readonly acknowledgements?: RuntimeStatus['acknowledgements'] | undefined;
}

export function FeedTable({ feeds, acknowledgements = [] }: FeedTableProps) {
  return (
    <section className="panel" aria-labelledby="feeds">
      <div className="panel-head">
        <h2 id="feeds">Feeds</h2>
      </div>
      {feeds.length === 0 ? (
        <p className="panel-body dim">No feed is connected yet. Add a feed to a flow in the editor and deploy it.</p>
      ) : (
        <ScrollX stacked label="Feeds, table">
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
                    <td>
                      <span className="mono">{feed.port === null ? '–' : `${feed.host ?? ''}:${feed.port}`}</span>
                      {feed.port !== null && <Secured tls={feed.tls} />}
                    </td>
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
                  {refusedText(feed) !== '' && (
                    <tr className="continued">
                      <td colSpan={5} className="dim">
                        Since it started: {refusedText(feed)}. None of these was acknowledged.
                      </td>
                    </tr>
                  )}
                  {answersText(feed.name, acknowledgements) !== '' && (
                    <tr className="continued">
                      <td colSpan={5} className="dim">
                        {answersText(feed.name, acknowledgements)}
                      </td>
                    </tr>
                  )}
                  {feed.tls?.problem && (
                    <tr className="continued">
                      <td colSpan={5} className="dim">
                        The certificate of before stays in force: {feed.tls.problem.text}
                      </td>
                    </tr>
                  )}
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

function Secured({ tls }: Pick<FeedStatus, 'tls'>) {
  if (!tls) return <div className="dim">in clear</div>;
  return (
    <div className="dim" title="until its certificate runs out">
      {tls.mutual ? 'mutual TLS' : 'TLS'}
      {tls.validUntil !== null && <div>until {utcDay(tls.validUntil)}</div>}
    </div>
  );
}

/** What senders in enhanced mode wait for. */
function answersText(name: string, acknowledgements: RuntimeStatus['acknowledgements']): string {
  const of = acknowledgements.find(({ feed }) => feed === name);
  if (!of) return '';
  const { awaited, overdue, undelivered } = of;
  return [
    ...(awaited > 0
      ? [`Senders wait for ${awaited} answers${overdue > 0 ? `, ${overdue} of them overdue` : ''}.`]
      : []),
    ...(undelivered > 0 ? [`${undelivered} answers are made and not delivered yet.`] : []),
  ].join(' ');
}

function refusedText({ refused }: FeedStatus): string {
  const counts: readonly (readonly [number, string])[] = [
    [refused.notKept, 'messages could not be kept'],
    [refused.backlogFull, 'waited too long for room in the backlog'],
    [refused.stopped, 'came while it was paused'],
    [refused.unfinished, 'did not end'],
    [refused.junk, 'stretches of bytes outside any message'],
    [refused.connections, 'connections refused'],
    [refused.handshakes, 'connections without a TLS handshake that held'],
  ];
  return counts
    .filter(([count]) => count > 0)
    .map(([count, what]) => `${count} ${what}`)
    .join(', ');
}

const ENDPOINT = {
  up: { tone: 'ok', icon: CircleCheck, text: 'Answers' },
  down: { tone: 'danger', icon: OctagonAlert, text: 'Does not answer' },
  unknown: { tone: 'plain', icon: CircleHelp, text: 'Not used yet' },
} as const;

/** What people call it, not how it is carried. */
const SPOKEN = { fhir: 'FHIR', mllp: 'HL7', http: 'HTTP' } as const;

export interface EndpointTableProps {
  readonly endpoints: readonly EndpointHealth[];
  /** A runtime of before has none to say. */
  readonly leftOut?: RuntimeStatus['leftOut'];
}

export function EndpointTable({ endpoints, leftOut = [] }: EndpointTableProps) {
  return (
    <section className="panel" aria-labelledby="endpoints">
      <div className="panel-head">
        <h2 id="endpoints">Endpoints</h2>
      </div>
      {endpoints.length + leftOut.length === 0 ? (
        <p className="panel-body dim">
          No endpoint is bound. Name a FHIR server or an HL7 receiver in bindings.json so that flows can reach it.
        </p>
      ) : (
        <ScrollX stacked label="Endpoints, table">
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
                <Fragment key={endpoint.name}>
                  <tr>
                    <td>
                      {endpoint.name} <span className="dim">{SPOKEN[endpoint.kind]}</span>
                    </td>
                    <td>
                      <EndpointState endpoint={endpoint} />
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
                    <td
                      className="number"
                      title={`at most ${endpoint.limit} at once now, ${endpoint.mostAtOnce} at best`}
                    >
                      {endpoint.inFlight} of {endpoint.limit}
                      {endpoint.waiting > 0 && <div className="dim">{endpoint.waiting} in line</div>}
                    </td>
                  </tr>
                  {waits(endpoint) && (
                    <tr className="continued">
                      <td colSpan={5} className="dim">
                        <Waiting endpoint={endpoint} />
                      </td>
                    </tr>
                  )}
                </Fragment>
              ))}
              {leftOut.map(({ name, text, remedy }) => (
                <Fragment key={name}>
                  <tr>
                    <td>{name}</td>
                    <td colSpan={4}>
                      <ToneMark tone="danger" icon={Unplug}>
                        Left out
                      </ToneMark>
                    </td>
                  </tr>
                  <tr className="continued">
                    <td colSpan={5} className="dim">
                      {text} {remedy}
                    </td>
                  </tr>
                </Fragment>
              ))}
            </tbody>
          </table>
        </ScrollX>
      )}
    </section>
  );
}

/** The circuit first: while it is open nothing is sent, whatever the last answer was. */
function EndpointState({ endpoint }: { readonly endpoint: EndpointHealth }) {
  if (endpoint.circuit === 'open')
    return (
      <ToneMark tone="danger" icon={OctagonAlert}>
        Circuit open
      </ToneMark>
    );
  if (endpoint.circuit === 'half-open')
    return (
      <ToneMark tone="warn" icon={CircleDashed}>
        Being tried
      </ToneMark>
    );
  const { tone, icon, text } = ENDPOINT[endpoint.state];
  return (
    <ToneMark tone={tone} icon={icon}>
      {text}
    </ToneMark>
  );
}

const waits = ({ circuit, pausedUntil, state }: EndpointHealth): boolean =>
  circuit !== 'closed' || pausedUntil !== null || state === 'down';

/** What becomes of work for it, where that is not plain. */
function Waiting({ endpoint: { circuit, openUntil, pausedUntil } }: { readonly endpoint: EndpointHealth }) {
  if (circuit === 'open')
    return (
      <>It failed too often: work waits, one call tries it {openUntil === null ? 'soon' : <Until at={openUntil} />}.</>
    );
  if (circuit === 'half-open') return <>One call tries it; if that succeeds, the rest follows.</>;
  if (pausedUntil !== null)
    return (
      <>
        It asked to be left alone; work goes on <Until at={pausedUntil} />.
      </>
    );
  return <>Work for it waits and is tried again by itself.</>;
}
