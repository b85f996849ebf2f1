import { CircleCheck, CircleDashed, OctagonAlert, PlugZap, Siren } from 'lucide-react';
import { Link } from 'wouter';
import type { EnvironmentView } from '../../api/release-contract.ts';
import { Hash } from '../signing/hash.tsx';
import { Until } from '../time/clocks.tsx';
import { moment } from '../time/duration.ts';
import { useNow } from '../time/use-now.ts';
import { approversOf, currentOf, nameOf, releaseOf, titleOf } from './release-words.ts';
import classes from './releases.module.css';

/** What runs, in one sentence; then what is not as it should be. */
export function RunsNow({ view }: { readonly view: EnvironmentView }) {
  const { tone, icon: Icon } = looksOf(view);
  return (
    <section className={`panel ${classes['now']}`} aria-label="What runs" data-tone={tone}>
      <Icon size={22} aria-hidden="true" />
      <div>
        <Sentence view={view} />
        <Trouble view={view} />
      </div>
    </section>
  );
}

function looksOf({ inForce, runtime, place }: EnvironmentView) {
  if (!inForce) return { tone: 'plain', icon: CircleDashed };
  if (inForce.until !== null) return { tone: 'danger', icon: Siren };
  if (place === 'elsewhere') return { tone: 'plain', icon: CircleCheck };
  if (!runtime) return { tone: 'danger', icon: PlugZap };
  if (runtime.problem || runtime.running?.sequence !== inForce.sequence) return { tone: 'danger', icon: OctagonAlert };
  return { tone: runtime.drift.length > 0 ? 'warn' : 'ok', icon: CircleCheck };
}

function Sentence({ view }: { readonly view: EnvironmentView }) {
  const now = useNow();
  const release = currentOf(view);
  const name = nameOf(view.name);
  if (!view.trust)
    return (
      <>
        <p className={classes['sentence']}>
          <strong>{name} trusts nobody yet</strong>, so nothing can be ordered to run there.
        </p>
        <p className="dim">
          Make its trust store in a ceremony, with the people who are to decide: <code>npx wardflow trust init</code>.
        </p>
      </>
    );
  if (!view.inForce || !release)
    return (
      <>
        <p className={classes['sentence']}>
          <strong>{name} runs nothing yet.</strong>
        </p>
        <p className="dim">
          {view.releases.length > 0
            ? 'The only release was for an emergency, and its time is over.'
            : 'What is approved waits below.'}
        </p>
      </>
    );
  const { since } = view.runtime?.running ?? {};
  const running = view.runtime?.running?.sequence === view.inForce.sequence;
  return (
    <>
      <p className={classes['sentence']}>
        {name} {view.place === 'elsewhere' || !running ? 'is to run' : 'runs'} <strong>{titleOf(release)}</strong> since{' '}
        {moment(running && since !== undefined ? since : release.acceptedAt, now)}, ordered by {release.orderedBy},{' '}
        {approversOf(release)}.
      </p>
      {view.inForce.until !== null && (
        <p>
          <strong>Glass is broken</strong> (“{release.reason}”): it goes back by itself{' '}
          <Until at={view.inForce.until} />, at {moment(view.inForce.until, now)}.
        </p>
      )}
      {release.summary !== '' && <p>“{release.summary}”</p>}
      <p className={classes['facts']}>
        <span>
          Bundle <Hash of={release.bundle} />
        </span>
        <span>Release {release.sequence}</span>
        <a href={`/api/v1/environments/${view.name}/bundles/${release.bundle}`} download>
          Download it
        </a>
        <Link href={`/trust/${view.name}`}>Whom it trusts</Link>
      </p>
    </>
  );
}

function Trouble({ view }: { readonly view: EnvironmentView }) {
  const { runtime, place, inForce, name } = view;
  if (place === 'elsewhere')
    return <p className="dim">Its runtime is on another host and fetches what it has to run; see the console there.</p>;
  if (!runtime)
    return (
      <p role="alert">
        <strong>The runtime does not answer.</strong> What it runs now is not known. It is started again by itself; if
        this lasts, run <code>npx wardflow doctor</code>.
      </p>
    );
  const { running, problem } = runtime;
  if (problem)
    return (
      <p role="alert">
        <strong>{problem.title}</strong> {problem.remedy} {runningWords(view)}
      </p>
    );
  if (inForce && running?.sequence !== inForce.sequence)
    return (
      <p role="alert">
        <strong>{nameOf(name)} does not run it yet.</strong> {runningWords(view)}
      </p>
    );
  return null;
}

function runningWords(view: EnvironmentView): string {
  const running = view.runtime?.running;
  if (!running) return 'It runs nothing.';
  const release = releaseOf(view, running.sequence);
  return `It runs ${release ? titleOf(release) : `the bundle ${running.bundle.slice(0, 12)}`} (release ${running.sequence}).`;
}
