import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import type { EscalationList, NoticeList, RuntimeStatus, SwitchList } from '../../runtime/api/contract.ts';
import { MllpSender } from '../kit/mllp-sender.ts';
import { RuntimeProcess } from '../kit/runtime-process.ts';

/** Results of which none can be read: the flow makes a dead letter of it. */
const UNREADABLE = [
  'MSH|^~\\&|LAB|NORTH|WF|NORTH|20260105100000||ORU^R01^ORU_R01|DEAD-1|P|2.5.1',
  'PID|1||T1^^^NORTH^MR||Example^Alex||19700101|U',
  'OBR|1|P1|F1|24323-8^Panel^LN|||20260105100000',
  ...Array.from({ length: 10_001 }, (_, i) => `OBX|${i + 1}|NM|X^Test^L||1|mmol/L||N|||F`),
  '',
].join('\r');

describe('a dead letter of the critical flow, and a crash before anybody was told', function () {
  this.timeout(180_000);
  let runtime: RuntimeProcess;
  before(async () => {
    runtime = await RuntimeProcess.start({ definitions: ['_shared', 'critical-lab-result'] });
  });
  after(() => runtime?.dispose());

  it('is told after the restart, and listed', async () => {
    const pause = { kind: 'lane', name: 'stat', mode: 'hold', reason: 'so that the alarm waits' };
    await runtime.api('/switches', { method: 'POST', body: JSON.stringify(pause) });
    const sender = new MllpSender(runtime.mllpPort);
    await sender.send(UNREADABLE);
    sender.close();
    await runtime.until<RuntimeStatus>('/status', ({ work }) => work.dead === 1);
    assert.deepEqual((await runtime.api<NoticeList>('/notices')).notices, []);
    await runtime.kill9();
    await runtime.restart();
    const { switches } = await runtime.api<SwitchList>('/switches');
    const clear = { method: 'POST', body: JSON.stringify({ reason: 'go on' }) };
    for (const { id } of switches) await runtime.api(`/switches/${id}/clear`, clear);
    const { notices } = await runtime.until<NoticeList>('/notices', (now) => now.notices.length === 2);
    assert.deepEqual(notices.map(({ to }) => to).toSorted(), ['laboratory duty desk', 'operations']);
    const { escalations } = await runtime.api<EscalationList>('/escalations?state=open');
    assert.deepEqual(
      escalations.map(({ title }) => title),
      ['Dead letter of Critical lab result follow-up: too-many-results'],
    );
    await runtime.kill9();
    await runtime.restart();
    assert.equal((await runtime.api<NoticeList>('/notices')).notices.length, 2, 'they outlive the process');
  });
});
