/** Definitions small enough to see what a promotion changes: a shared feed, and tabs that each take one type of message. */
import { definitionFromFiles, type Definition } from '../../engine/index.ts';

export interface Small {
  readonly name: string;
  /** Messages that it takes, `ADT^A01`. */
  readonly takes?: string;
  /** What its one function does with `msg`. */
  readonly code?: string;
  readonly initialize?: string;
  readonly risk?: string;
  /** Of its README: another one is another version of the same flow. */
  readonly words?: string;
  readonly extra?: readonly object[];
}

const README = '# T\n\n## Runbook\n\nNothing.\n';
const text = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

const intent = (title: string, risk: string): string =>
  text({
    kind: 'intent',
    format: 1,
    title,
    purpose: 'Shows what production does with it.',
    owner: { name: 'Test', role: 'tester', contact: 'test@example.org' },
    risk,
    feeds: ['hospital'],
    endpoints: [],
    dataUsed: [],
    runbook: 'Runbook',
    reviewBy: '2099-01-01',
  });

function flowOf({ name, takes = 'ADT^A01', code = 'return msg;', initialize = '', extra = [] }: Small): object[] {
  const node = (id: string, type: string, more: object, to: readonly string[]): object => ({
    id: `${name}-${id}`,
    type,
    z: name,
    x: 100,
    y: 100,
    ...more,
    wires: to.length === 0 ? [] : [to.map((one) => `${name}-${one}`)],
  });
  return [
    { id: name, type: 'tab', label: name, disabled: false, info: '' },
    node('in', 'hl7 in', { subscription: 'all', feed: 'feed', types: [takes], senders: [], capacity: 8 }, ['work']),
    node('work', 'function', { func: code, outputs: 1, initialize, finalize: '', libs: [] }, ['done']),
    node('done', 'message done', {}, []),
    node('catch', 'catch', { scope: null, uncaught: false }, ['failed']),
    node('failed', 'message failed', { failureClass: '', reason: '' }, []),
    ...extra,
  ];
}

/** With `_shared`, which has the feed. */
export function smallDefinitions(...wanted: readonly Small[]): readonly Definition[] {
  const shared = {
    'flow.json': text([{ id: 'feed', type: 'wardflow-feed', name: 'hospital' }]),
    'intent.json': intent('Shared', 'low'),
    'README.md': README,
  };
  const common = Object.fromEntries(Object.entries(shared).map(([path, content]) => [`_shared/${path}`, content]));
  return [
    definitionFromFiles('_shared', shared),
    ...wanted.map((one) =>
      definitionFromFiles(one.name, {
        'flow.json': text(flowOf(one)),
        'intent.json': intent(one.name, one.risk ?? 'low'),
        'README.md': `${README}${one.words ?? ''}\n`,
        ...common,
      }),
    ),
  ];
}
