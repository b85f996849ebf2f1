import { CircleCheck, CircleHelp, LoaderCircle, OctagonAlert } from 'lucide-react';
import { Link } from 'wouter';
import { isHeld } from '../../api/message-words.ts';
import type { DifferenceList, EffectView, MessageDetail, WorkView } from '../../api/runtime-shapes.ts';
import { ScrollX } from '../feedback/scroll-x.tsx';
import { foundSentence } from '../operations/difference-words.ts';
import { useDifferencesOf } from '../operations/queries.ts';
import { HELD_LOOK, STATE_LOOKS } from '../states/message-state.ts';
import { ToneMark } from '../states/state-mark.tsx';
import { clockTime, duration } from '../time/duration.ts';

const STATES = {
  'in-flight': { text: 'Under way', tone: 'info', icon: LoaderCircle },
  done: { text: 'Done', tone: 'ok', icon: CircleCheck },
  failed: { text: 'Not done', tone: 'danger', icon: OctagonAlert },
  ambiguous: { text: 'May have happened', tone: 'warn', icon: CircleHelp },
} as const;

/** What was done to the outside world, each at most once: as the flow, the delivery and the EHR have it. */
export function EffectTable({
  messageId,
  work,
  effects,
}: {
  readonly messageId: string;
  readonly work: MessageDetail['work'];
  readonly effects: readonly EffectView[];
}) {
  const found = useDifferencesOf(messageId, effects.length > 0).data?.differences ?? [];
  if (effects.length === 0) return null;
  return (
    <section className="panel" aria-labelledby="effects">
      <div className="panel-head">
        <h2 id="effects">Effects on other systems</h2>
      </div>
      <ScrollX stacked label="Effects, table">
        <table className="plain-table">
          <thead>
            <tr>
              <th>Effect</th>
              <th>Workflow</th>
              <th>Delivery</th>
              <th>EHR</th>
              <th>What came of it</th>
              <th className="number">At</th>
            </tr>
          </thead>
          <tbody>
            {effects.map((effect) => {
              const { text, tone, icon } = STATES[effect.state];
              return (
                <tr key={effect.key}>
                  <td className="no-wrap">
                    {effect.name}
                    <div className="dim">{effect.target}</div>
                  </td>
                  <td className="no-wrap">
                    <WorkMark item={work.find(({ id }) => id === effect.workId)} />
                  </td>
                  <td>
                    <ToneMark tone={tone} icon={icon}>
                      {text}
                    </ToneMark>
                    {effect.tries > 1 && <div className="dim">{effect.tries} tries</div>}
                  </td>
                  <td>
                    <EhrState target={effect.target} found={found.filter((one) => one.effectKey === effect.key)} />
                  </td>
                  <td>{effect.summary ?? effect.failure?.text ?? '–'}</td>
                  <td className="number">
                    {clockTime(effect.startedAt)}
                    {effect.endedAt !== null && (
                      <div className="dim">took {duration(effect.endedAt - effect.startedAt)}</div>
                    )}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </ScrollX>
    </section>
  );
}

const FHIR_WRITE = /: (?:create|update|patch|transaction)\b/;

/** What was found on the server, of one effect: most write one resource. */
function EhrState({ target, found }: { readonly target: string; readonly found: DifferenceList['differences'] }) {
  const worst = found.find(({ state }) => state === 'open') ?? found[0];
  // Messages and alerts that are sent are held by no server that could be asked.
  if (!worst) return <span className="dim no-wrap">{FHIR_WRITE.test(target) ? 'not looked at' : '–'}</span>;
  const open = worst.state === 'open';
  return (
    <>
      <ToneMark tone={open ? 'warn' : 'ok'} icon={open ? OctagonAlert : CircleCheck}>
        {foundSentence(worst)}
      </ToneMark>
      <div className="dim">
        {open ? (
          <Link href="/operations/differences">settle it</Link>
        ) : (
          `${worst.state === 'settled' ? 'settled; ' : ''}looked at ${clockTime(worst.checkedAt)}`
        )}
      </div>
    </>
  );
}

/** The work item that did it, in the words of messages. */
function WorkMark({ item }: { readonly item: WorkView | undefined }) {
  if (item === undefined) return <span className="dim">–</span>;
  const { state } = item;
  const { label, tone, icon } = isHeld(item) ? HELD_LOOK : STATE_LOOKS[state === 'claimed' ? 'processing' : state];
  return (
    <ToneMark tone={tone} icon={icon}>
      {label}
    </ToneMark>
  );
}
