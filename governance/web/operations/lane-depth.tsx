import type { Lane } from '../../api/runtime-shapes.ts';
import { WORK_WORDS } from '../../api/message-words.ts';
import { OPEN_STATES, type Depth } from './figures.ts';
import { ScrollX } from '../feedback/scroll-x.tsx';
import classes from './operations.module.css';

/** A bar to look at and the numbers to read, one row a lane. */
export function LaneDepth({ lanes }: { readonly lanes: readonly { readonly lane: Lane; readonly depth: Depth }[] }) {
  const sum = (depth: Depth): number => OPEN_STATES.reduce((all, state) => all + depth[state], 0);
  const most = Math.max(1, ...lanes.map(({ depth }) => sum(depth)));
  return (
    <ScrollX stacked label="Open work by lane, table">
      <table className={`plain-table ${classes['lanes']}`}>
        <thead>
          <tr>
            <th>Lane</th>
            {OPEN_STATES.map((state) => (
              <th key={state} className="number">
                <span className={classes['key']} data-state={state} aria-hidden="true" />
                {WORK_WORDS[state]}
              </th>
            ))}
            <th aria-hidden="true" className={classes['bar-cell']} />
          </tr>
        </thead>
        <tbody>
          {lanes.map(({ lane, depth }) => (
            <tr key={lane}>
              <th scope="row">{lane}</th>
              {OPEN_STATES.map((state) => (
                <td key={state} className="number">
                  {depth[state] === 0 ? <span className="dim">0</span> : depth[state].toLocaleString('en-GB')}
                </td>
              ))}
              <td aria-hidden="true" className={classes['bar-cell']}>
                <span className={classes['bar']}>
                  {OPEN_STATES.map((state) => (
                    <span key={state} data-state={state} style={{ width: `${(depth[state] * 100) / most}%` }} />
                  ))}
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollX>
  );
}
