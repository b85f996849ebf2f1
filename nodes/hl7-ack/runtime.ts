import type { NodeAPI, NodeDef } from 'node-red';
import { acknowledgementMessage, type AnswerOutcome, type Hl7Message } from '../../engine/index.ts';
import type { NodePreview, PreviewRow, WardflowMessage } from '../../runtime/services.ts';
import { nodeErrors } from '../kit/errors.ts';
import { expression, type Expression } from '../kit/expression.ts';
import { registerNode } from '../kit/register.ts';
import { answerFrom } from './answer.ts';
import { hl7Ack, type Hl7AckProperties } from './config.ts';

/** `msg.acknowledgement`. */
export interface Acknowledged {
  /** MSA-1 of the answer that counts; null where the sender waits for none. */
  readonly code: string | null;
  /** `made`, `made-before` (another answer counts), `unwanted` (MSH-16 asks for none of this outcome), `not-owed`. */
  readonly outcome: AnswerOutcome['kind'];
}

export default function hl7AckNode(RED: NodeAPI): void {
  registerNode(
    RED,
    hl7Ack,
    ({ node, config, services, place, status, workOf }) => {
      const { acknowledgements, intake } = services.engine;
      const text = optional(RED, node, 'text', config.text, config.textKind);
      const segments = optional(RED, node, 'segments', config.segments, 'jsonata');
      // Which feeds lead here is known when all nodes of the deploy are there.
      const look = (): void => {
        const feed = originalFeed(RED, node.z);
        if (feed === null) return;
        node.warn(nodeErrors.create('ack-feed-original', { node: place.name, feed }).message);
        status.trouble(`${feed}: original mode`);
      };
      RED.events.on('flows:started', look);
      return {
        async receive(msg, send) {
          const { work } = workOf(msg);
          const { feed } = work.message;
          const settings = intake.settings(feed);
          if (settings && !settings.enhanced) throw nodeErrors.create('ack-feed-original', { node: place.name, feed });
          const content = answerFrom(config, await text.evaluate(msg), await segments.evaluate(msg));
          const outcome = await acknowledgements.answer({ ...content, work });
          msg['acknowledgement'] = acknowledged(outcome);
          services.note(msg, noteOf(outcome, config.code));
          if (config.finish) services.settle(msg, { kind: 'done' });
          else send(msg);
        },
        close: () => void RED.events.removeListener('flows:started', look),
      };
    },
    preview,
  );
}

const NOTHING: Pick<Expression, 'evaluate'> = { evaluate: () => Promise.resolve(undefined) };

function optional(...[RED, node, field, source, kind]: Parameters<typeof expression>): Pick<Expression, 'evaluate'> {
  return source.trim() === '' ? NOTHING : expression(RED, node, field, source, kind);
}

function acknowledged(outcome: AnswerOutcome): Acknowledged {
  return { code: outcome.kind === 'not-owed' ? null : outcome.record.code, outcome: outcome.kind };
}

function noteOf(outcome: AnswerOutcome, code: string): string {
  switch (outcome.kind) {
    case 'made':
      return `answered ${code}`;
    case 'made-before':
      return `answered ${outcome.record.code ?? ''} before`;
    case 'unwanted':
      return `${code} is not asked for (MSH-16 is ${outcome.record.condition})`;
    case 'not-owed':
      return 'its sender waits for no answer';
    default:
      return outcome satisfies never;
  }
}

interface SavedNode extends NodeDef {
  readonly d?: boolean;
  readonly feed?: string;
  readonly acknowledgement?: string;
}

/** The name of a feed on this tab, where there are some and none of them is in enhanced mode. */
function originalFeed(RED: NodeAPI, tab: string | undefined): string | null {
  const sources: SavedNode[] = [];
  const feeds = new Map<string, SavedNode>();
  RED.nodes.eachNode((saved: SavedNode) => {
    if (saved.type === 'hl7 in' && saved.z === tab && saved.d !== true) sources.push(saved);
    if (saved.type === 'wardflow-feed') feeds.set(saved.id, saved);
  });
  const used = sources.flatMap(({ feed = '' }) => feeds.get(feed) ?? []);
  if (used.some(({ acknowledgement }) => acknowledgement === 'enhanced')) return null;
  return used[0]?.name ?? null;
}

/** The answer as it would leave, segment by segment. */
const preview: NodePreview = async (given) => {
  const config = given.config as unknown as Hl7AckProperties;
  const value = (source: string, kind: Hl7AckProperties['textKind']): Promise<unknown> =>
    source.trim() === '' ? Promise.resolve(undefined) : given.value(source, kind);
  const content = answerFrom(
    config,
    await value(config.text, config.textKind),
    await value(config.segments, 'jsonata'),
  );
  const { payload }: WardflowMessage & { readonly payload: Hl7Message } = given.msg;
  const numbered = { controlId: '1', now: given.now.getTime(), ownConnection: false };
  const answer = Buffer.from(acknowledgementMessage(payload.toBytes(), content, numbered)).toString();
  const rows = answer
    .split('\r')
    .filter((segment) => segment !== '')
    .map((segment): PreviewRow => ({ field: fieldOf(segment), label: segment.slice(0, 3), value: segment }));
  return { rows };
};

function fieldOf(segment: string): string {
  if (segment.startsWith('MSH')) return 'messageType';
  if (segment.startsWith('MSA')) return 'code';
  return segment.startsWith('ERR') ? 'errorCode' : 'segments';
}
