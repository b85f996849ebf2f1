import { setImmediate } from 'node:timers/promises';
import type { Clock, Millis } from '../base/clock.ts';
import { MOST_SPANS, type SpanPage, type SpanQuery, type Spans } from '../store/contract/spans.ts';
import { reportErrors } from './errors.ts';
import type { ShiftReport, ShiftReportRequest } from './shift-report.ts';
import { ShiftTally } from './shift-tally.ts';

export interface ShiftReportsOptions {
  readonly spans: Spans;
  readonly clock: Clock;
  /** Service line of a definition now; `null`: none. */
  readonly serviceLineOf: (definition: string) => string | null;
  /** What was not read by then is left out; 10 s. */
  readonly budgetMs?: Millis;
  /** Milliseconds that only go forward. */
  readonly elapsed?: () => Millis;
}

export interface ShiftReports {
  /**
   * `definitions`: of these only. One report is made at a time, and who asks for the same within seconds gets the same.
   * @throws `report-time`, `report-zone`, `report-busy`
   */
  read(request: ShiftReportRequest, definitions?: readonly string[]): Promise<ShiftReport>;
}

const LONGEST_MS = 31 * 86_400_000 + 3_600_000;
const LONGEST_ZONE = 64;
/** The end of the year 9999: calendars go no further. */
const LAST_MOMENT = 253_402_300_799_999;
const PAGE = 1000;
const BUDGET_MS = 10_000;
const KEPT_MS = 5_000;
const MOST_KEPT = 50;
const MOST_WAITING = 20;

export function createShiftReports(options: ShiftReportsOptions): ShiftReports {
  const { spans, clock, serviceLineOf, budgetMs = BUDGET_MS, elapsed = () => performance.now() } = options;
  const kept = new Map<string, { readonly until: Millis; readonly report: Promise<ShiftReport> }>();
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;

  async function make(request: ShiftReportRequest, definitions: readonly string[] | undefined): Promise<ShiftReport> {
    const tally = new ShiftTally(request, clock.now(), serviceLineOf);
    const end = elapsed() + budgetMs;
    const query: SpanQuery = {
      since: request.from,
      until: request.to,
      limit: PAGE,
      ...(definitions ? { definitions } : {}),
    };
    let cut = false;
    const each = async <Row>(
      ask: (of: SpanQuery) => Promise<SpanPage<Row>>,
      take: (row: Row) => void,
    ): Promise<void> => {
      let read = 0;
      let after: string | null = null;
      do {
        if (read >= MOST_SPANS || elapsed() > end) return void (cut = true);
        const page: SpanPage<Row> = await ask({ ...query, ...(after === null ? {} : { after }) });
        page.rows.forEach(take);
        read += page.rows.length;
        after = page.next;
        await setImmediate();
      } while (after !== null);
    };
    await each(
      (of) => spans.tasks(of),
      (row) => tally.task(row),
    );
    await each(
      (of) => spans.alerts(of),
      (row) => tally.alert(row),
    );
    await each(
      (of) => spans.escalations(of),
      (row) => tally.escalation(row),
    );
    const held = await spans.heldBack(query);
    for (const { definition, count } of held) tally.heldBack(definition, count);
    return tally.report(cut || held.reduce((sum, { count }) => sum + count, 0) >= MOST_SPANS);
  }

  return {
    async read(request, definitions) {
      const { from, to, zone } = request;
      if (![from, to].every(isMoment) || to <= from || to - from > LONGEST_MS) throw reportErrors.create('report-time');
      if (zone.length > LONGEST_ZONE || !isZone(zone)) throw reportErrors.create('report-zone');
      const key = JSON.stringify([from, to, zone, request.serviceLine, definitions?.toSorted() ?? null]);
      const known = kept.get(key);
      if (known && known.until > elapsed()) return known.report;
      if (waiting >= MOST_WAITING) throw reportErrors.create('report-busy');
      waiting++;
      const report = last.then(() => make(request, definitions));
      last = report.then(
        () => waiting--,
        () => waiting--,
      );
      kept.delete(key);
      kept.set(key, { until: elapsed() + KEPT_MS, report });
      if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value ?? '');
      report.catch(() => kept.delete(key));
      return report;
    },
  };
}

const isMoment = (at: Millis): boolean => Number.isSafeInteger(at) && at >= 0 && at <= LAST_MOMENT;

/** Only what every calendar has: what one alone takes (`local`, say) is another zone elsewhere. */
function isZone(zone: string): boolean {
  try {
    return zone !== '' && new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
