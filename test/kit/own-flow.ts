/** A definition of the test's own in a runtime's copied flows, and deploys over the runtime's real admin API. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const OWN = 'own';

/** A node on the definition's tab; `to` lists what each output is wired to. */
export function ownNode(
  id: string,
  type: string,
  settings: object = {},
  ...to: readonly (readonly string[])[]
): object {
  return { id: `${OWN}-${id}`, type, z: OWN, x: 100, y: 100, ...settings, wires: to.map(ownIds) };
}

const ownIds = (ids: readonly string[]): string[] => ids.map((id) => `${OWN}-${id}`);

/** `hl7 in` to `next`, `message done` as `done`, and the catch-all. Feed and endpoint are the shared ones. */
export function ownFlow(next: string, nodes: readonly object[]): readonly object[] {
  return [
    { id: OWN, type: 'tab', label: 'Own', disabled: false, info: '', env: [] },
    ownNode('in', 'hl7 in', { subscription: 'own', feed: 'feed-hospital', types: [], senders: [], capacity: 16 }, [
      next,
    ]),
    ownNode('done', 'message done'),
    ownNode('catch', 'catch', { scope: null, uncaught: false }, ['failed']),
    ownNode('failed', 'message failed', { failureClass: '', reason: '' }),
    ...nodes,
  ];
}

/** A `fhir write` that creates a Task which tells its message and effect. */
export const ownTask = (id: string, more: object, ...to: readonly (readonly string[])[]): object =>
  ownNode(
    id,
    'fhir write',
    {
      effect: id,
      endpoint: 'endpoint-ehr',
      operation: 'create',
      resourceType: 'Task',
      reference: '',
      resource: `{ "status": "requested", "intent": "order", "description": payload.controlId & " ${id}" }`,
      discriminator: '"one"',
      version: '1',
      finish: to.length === 0,
      ...more,
    },
    ...to,
  );

/** For `RuntimeOptions.prepareFlows`, with `definitions: ['_shared']`. */
export const writeOwnFlow =
  (flow: readonly object[], feed: object = {}) =>
  (folder: string): void => {
    const own = join(folder, OWN);
    mkdirSync(own, { recursive: true });
    writeFileSync(join(own, 'flow.json'), `${JSON.stringify(flow, null, 2)}\n`);
    writeFileSync(join(own, 'intent.json'), `${JSON.stringify(INTENT, null, 2)}\n`);
    writeFileSync(join(own, 'README.md'), '# Own\n\n## Runbook\n\nNothing.\n');
    if (Object.keys(feed).length > 0) changeFeed(folder, feed);
  };

function changeFeed(folder: string, settings: object): void {
  const shared = [
    {
      id: 'feed-hospital',
      type: 'wardflow-feed',
      name: 'hospital',
      lane: 'routine',
      orderingPath: 'PID-3.1',
      afterDead: 'hold',
      deadlineSeconds: 60,
      resendWindowDays: 7,
      zone: '',
      fallbackCharset: 'UNICODE UTF-8',
      ...settings,
    },
    { id: 'endpoint-ehr', type: 'wardflow-fhir-endpoint', name: 'ehr' },
  ];
  writeFileSync(join(folder, '_shared/flow.json'), `${JSON.stringify(shared, null, 2)}\n`);
}

const INTENT = {
  kind: 'intent',
  format: 1,
  title: 'Own',
  purpose: 'Shows what a runtime does with a flow.',
  owner: { name: 'Test', role: 'tester', contact: 'test@example.org' },
  risk: 'low',
  feeds: ['hospital'],
  endpoints: ['ehr'],
  dataUsed: [],
  runbook: 'Runbook',
  reviewBy: '2027-01-01',
};

/** Descriptions of all Tasks on a FHIR server, sorted. */
export async function taskDescriptions(base: string): Promise<string[]> {
  const found: string[] = [];
  let url: string | undefined = `${base}/Task?_count=200`;
  while (url) {
    const bundle = (await (await fetch(url)).json()) as {
      entry?: readonly { resource: { description?: string } }[];
      link?: readonly { relation: string; url: string }[];
    };
    for (const { resource } of bundle.entry ?? []) found.push(resource.description ?? '');
    url = bundle.link?.find(({ relation }) => relation === 'next')?.url;
  }
  return found.toSorted();
}
