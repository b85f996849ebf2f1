import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'mocha';
import { BranchFlows, catchAll, done, effect, failed, fn, node, source, tab } from '../kit/branch-flows.ts';

describe('counted branches in a real Node-RED', () => {
  const bench = new BranchFlows();
  before(() => bench.start());
  after(() => bench.close());
  afterEach(() => bench.reset());

  it('settles a straight path and records its steps', async () => {
    await bench.host.deploy([tab(), source('a'), effect('a', 'done'), done()]);
    const { result, effects } = await bench.run();
    assert.deepEqual(effects, ['a']);
    assert.equal(result.outcome.kind, 'done');
    assert.deepEqual(
      result.trace.map((step) => [step.node.id, step.outcome, step.to]),
      [
        ['in', 'passed', [{ node: 'a', port: 0 }]],
        ['a', 'passed', [{ node: 'done', port: 0 }]],
        ['done', 'settled', []],
      ],
    );
  });

  it('records by which output a message left, where several lead to one node', async () => {
    await bench.host.deploy([tab(), source('f'), fn('f', 'return [null, msg];', [['done'], ['done']]), done()]);
    const { result } = await bench.run();
    assert.deepEqual(
      result.trace.map((step) => step.to),
      [[{ node: 'f', port: 0 }], [{ node: 'done', port: 1 }], []],
    );
  });

  it('waits for the slow one of two parallel branches', async () => {
    const gate = bench.gate('slow');
    await bench.host.deploy([
      tab(),
      source(['a', 'b']),
      effect('a', 'done'),
      effect('b', 'done', { gate: 'slow' }),
      done(),
    ]);
    const work = bench.deliver();
    await gate.reached;
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(bench.effectsOf(work), ['a']);
    assert.equal(bench.results.has(work), false, 'the item ended before its last branch');
    gate.open();
    const result = await bench.ended(work);
    assert.equal(result.outcome.kind, 'done');
    assert.deepEqual(bench.effectsOf(work), ['a', 'b']);
  });

  it('fails the item with the class of the one branch that failed, after the other has ended', async () => {
    const gate = bench.gate('slow');
    await bench.host.deploy([
      tab(),
      source(['a', 'b']),
      effect('a', 'failed'),
      failed('failed', 'transient'),
      effect('b', 'done', { gate: 'slow' }),
      done(),
    ]);
    const work = bench.deliver();
    await gate.reached;
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(bench.results.has(work), false);
    gate.open();
    const { outcome } = await bench.ended(work);
    assert.equal(outcome.kind === 'failed' && outcome.failure.class, 'transient');
    assert.deepEqual(bench.effectsOf(work), ['a', 'b']);
  });

  const failure = async (flow: object[], payload?: unknown) => {
    await bench.host.deploy([tab(), ...flow]);
    const { result } = await bench.run(payload);
    assert.equal(result.outcome.kind, 'failed');
    return result.outcome.kind === 'failed' ? result.outcome.failure : assert.fail();
  };
  const success = async (flow: object[], payload?: unknown): Promise<string[]> => {
    await bench.host.deploy([tab(), ...flow]);
    const { result, effects } = await bench.run(payload);
    assert.deepEqual(result.outcome, { kind: 'done' });
    return effects;
  };

  it('makes a dead letter that names the function which returned nothing', async () => {
    const { class: kind, code, node: at } = await failure([source('f'), fn('f', 'return null;', 'done'), done()]);
    assert.deepEqual([kind, code, at], ['permanent', 'path-ended', { id: 'f', type: 'function', name: 'f' }]);
  });

  it('follows a function that sends twice', async () => {
    const twice = fn('f', 'node.send(msg); return msg;', 'a');
    assert.deepEqual(await success([source('f'), twice, effect('a', 'done'), done()]), ['a', 'a']);
  });

  it('follows a function that waits between its sends, also for messages made afresh', async () => {
    const code = `
      node.send({ payload: 1 });
      await new Promise((resolve) => setTimeout(resolve, 15));
      node.send({ payload: 2 });
      await new Promise((resolve) => setTimeout(resolve, 15));
      return { payload: 3 };`;
    assert.deepEqual(await success([source('f'), fn('f', code, 'a'), effect('a', 'done'), done()]), ['a', 'a', 'a']);
  });

  it('follows a function that says itself when it is done', async () => {
    const code = 'setTimeout(() => { node.send(msg); node.done(); }, 15);';
    assert.deepEqual(await success([source('f'), fn('f', code, 'a'), effect('a', 'done'), done()]), ['a']);
  });

  it('follows one message object that a node sends three times without a copy', async () => {
    const repeater = node('r', 'test repeater', 'a');
    assert.deepEqual(await success([source('r'), repeater, effect('a', 'done'), done()]), ['a', 'a', 'a']);
  });

  it('follows one message object that goes on its way and to a tap', async () => {
    const both = node('r', 'test two outputs', [['a'], ['d']]);
    const debug = node('d', 'debug', [], { active: false });
    assert.deepEqual(await success([source('r'), both, debug, effect('a', 'done'), done()]), ['a']);
  });

  it('follows a node of the old kind, which never says that it has finished', async () => {
    assert.deepEqual(await success([source('o'), node('o', 'test old node', 'a'), effect('a', 'done'), done()]), ['a']);
  });

  it('follows several first messages of one item, and parts of a split', async () => {
    assert.deepEqual(await success([source('a'), effect('a', 'done'), done()], ['x', 'y', 'z']), ['a', 'a', 'a']);
    const split = node('s', 'split', 'a', { splt: ',', spltType: 'str', arraySplt: 1, property: 'payload' });
    assert.deepEqual(await success([source('s'), split, effect('a', 'done'), done()], 'p,q,r'), ['a', 'a', 'a']);
  });

  it('waits for a join that puts the parts together again', async () => {
    const split = node('s', 'split', 'a', { splt: ',', spltType: 'str', arraySplt: 1, property: 'payload' });
    const join = node('j', 'join', 'b', { mode: 'auto' });
    const effects = await success([source('s'), split, effect('a', 'j'), join, effect('b', 'done'), done()], 'p,q');
    assert.deepEqual(effects, ['a', 'a', 'b']);
  });

  it('does not call an item done whose join went nowhere', async () => {
    const split = node('s', 'split', 'j', { splt: ',', spltType: 'str', arraySplt: 1, property: 'payload' });
    const join = node('j', 'join', 'f', { mode: 'auto' });
    const { code } = await failure([source('s'), split, join, fn('f', 'return null;', 'done'), done()], 'p,q');
    assert.equal(code, 'path-ended');
  });

  it('gives an error to every catch that takes it, and fails the item as the flow says', async () => {
    await bench.host.deploy([
      tab(),
      source('f'),
      fn('f', 'throw new Error("no");', 'done'),
      done(),
      catchAll('c1', 'a'),
      catchAll('c2', 'b'),
      effect('a', 'failed'),
      effect('b', 'done'),
      failed('failed', 'transient'),
    ]);
    const { result, effects } = await bench.run();
    assert.deepEqual(effects.toSorted(), ['a', 'b']);
    assert.equal(result.outcome.kind === 'failed' && result.outcome.failure.class, 'transient');
  });

  it('lets a flow get over an error: caught, mended, done', async () => {
    const flow = [
      source('f'),
      fn('f', 'throw new Error("no");', 'done'),
      done(),
      catchAll('c', 'a'),
      effect('a', 'done'),
    ];
    assert.deepEqual(await success(flow), ['a']);
  });

  it('fails at once, naming the node, where an error is caught by nobody', async () => {
    const { code, node: at } = await failure([source('f'), fn('f', 'throw new Error("no");', 'done'), done()]);
    assert.deepEqual([code, at?.id], ['node-failed', 'f']);
  });

  it('hears of a handler that throws, with and without a catch', async () => {
    const thrower = node('t', 'test thrower', 'done');
    const { code, node: at } = await failure([source('t'), thrower, done()]);
    assert.deepEqual([code, at?.id], ['node-failed', 't']);
    assert.deepEqual(await success([source('t'), thrower, done(), catchAll('c', 'a'), effect('a', 'done')]), ['a']);
  });

  it('keeps an error in a subflow with its own catch inside', async () => {
    const inner = (id: string, type: string, to: string[][], more: object = {}): object => ({
      id,
      type,
      z: 'sub',
      x: 0,
      y: 0,
      wires: to,
      ...more,
    });
    const subflow = {
      id: 'sub',
      type: 'subflow',
      name: 'sub',
      in: [{ x: 0, y: 0, wires: [{ id: 'sf' }] }],
      out: [{ x: 0, y: 0, wires: [{ id: 'se', port: 0 }] }],
    };
    const effects = await success([
      subflow,
      inner('sf', 'function', [['se']], { func: 'throw new Error("no");', outputs: 1, libs: [] }),
      inner('sc', 'catch', [['se']], { scope: null }),
      inner('se', 'test effect', [[]], { effect: 'inside' }),
      source('i'),
      node('i', 'subflow:sub', 'a'),
      effect('a', 'done'),
      done(),
      catchAll('outer', 'failed'),
      failed(),
    ]);
    assert.deepEqual(effects, ['inside', 'a']);
  });

  it('takes each of two subflow instances to its own end', async () => {
    const subflow = {
      id: 'sub',
      type: 'subflow',
      name: 'sub',
      in: [{ x: 0, y: 0, wires: [{ id: 'se' }] }],
      out: [{ x: 0, y: 0, wires: [{ id: 'se', port: 0 }] }],
    };
    const effects = await success([
      subflow,
      { id: 'se', type: 'test effect', z: 'sub', x: 0, y: 0, wires: [[]], effect: 'inside' },
      source([['i1', 'i2']]),
      node('i1', 'subflow:sub', 'a'),
      node('i2', 'subflow:sub', 'b'),
      effect('a', 'done'),
      effect('b', 'done'),
      done(),
    ]);
    assert.deepEqual(effects.toSorted(), ['a', 'b', 'inside', 'inside']);
  });

  it('follows links, link calls, and two callers of one link in', async () => {
    const linkOut = node('lo', 'link out', [], { mode: 'link', links: ['li'] });
    const linkIn = node('li', 'link in', 'a', { links: ['lo'] });
    assert.deepEqual(await success([source('lo'), linkOut, linkIn, effect('a', 'done'), done()]), ['a']);

    const call = (id: string, to: string): object =>
      node(id, 'link call', to, { links: ['li'], linkType: 'static', timeout: '5' });
    const routine = [
      node('li', 'link in', 'r', { links: [] }),
      effect('r', 'back'),
      node('back', 'link out', [], { mode: 'return', links: [] }),
    ];
    const effects = await success([
      source(['c1', 'c2']),
      call('c1', 'a'),
      call('c2', 'b'),
      ...routine,
      effect('a', 'done'),
      effect('b', 'done'),
      done(),
    ]);
    assert.deepEqual(effects.toSorted(), ['a', 'b', 'r', 'r']);
  });

  it('follows a link call made by a function', async () => {
    const effects = await success([
      source('f'),
      fn('f', "const back = await node.linkcall('li', msg); node.send({ payload: back.payload });", 'a'),
      node('li', 'link in', 'r', { links: [] }),
      effect('r', 'back'),
      node('back', 'link out', [], { mode: 'return', links: [] }),
      effect('a', 'done'),
      done(),
    ]);
    assert.deepEqual(effects, ['r', 'a']);
  });

  it('takes nothing from debug nodes and dead ends, however often they are wired', async () => {
    const debug = node('d', 'debug', [], { active: true, tosidebar: true, complete: 'true' });
    const effects = await success([
      source(['d', 'a', 'side']),
      debug,
      fn('side', 'throw new Error("a side path");', 'd'),
      catchAll('c', 'failed'),
      failed(),
      effect('a', ['d', 'done']),
      done(),
    ]);
    assert.deepEqual(effects, ['a']);
  });

  it('lets a delay keep the item open', async () => {
    const delay = node('w', 'delay', 'a', { pauseType: 'delay', timeout: '30', timeoutUnits: 'milliseconds' });
    assert.deepEqual(await success([source('w'), delay, effect('a', 'done'), done()]), ['a']);
  });

  it('settles in a node that acts and finishes', async () => {
    assert.deepEqual(await success([source('a'), effect('a', [], { finish: true })]), ['a']);
  });

  it('reads payload and event in change, JSONata and function nodes', async () => {
    const change = node('ch', 'change', 'j', {
      rules: [{ t: 'set', p: 'copied', pt: 'msg', to: 'event.name', tot: 'msg' }],
    });
    const jsonata = node('j', 'change', 's', {
      rules: [{ t: 'set', p: 'joined', pt: 'msg', to: 'copied & "-" & payload', tot: 'jsonata' }],
    });
    const rule = { t: 'eq', v: 'x-x', vt: 'str' };
    const decide = node('s', 'switch', [['f'], ['failed']], {
      property: 'joined',
      propertyType: 'msg',
      rules: [rule, { t: 'else' }],
      checkall: 'true',
      outputs: 2,
    });
    const read = fn(
      'f',
      "if (msg.payload !== 'x' || msg.event.name !== 'x') throw new Error('lost'); return msg;",
      'a',
    );
    const flow = [source('ch'), change, jsonata, decide, read, effect('a', 'done'), done(), failed()];
    assert.deepEqual(await success(flow, 'x'), ['a']);
  });

  describe('a switch whose expression throws', () => {
    const broken = { t: 'jsonata_exp', v: '$number(payload)', vt: 'jsonata' };
    const sound = { t: 'eq', v: 'x', vt: 'str' };
    const propertyThrows = { property: '$number(payload)', propertyType: 'jsonata', rules: [sound, { t: 'else' }] };
    const ruleThrows = { property: 'payload', propertyType: 'msg', rules: [broken, { t: 'else' }] };
    for (const [where, settings] of [
      ['property', propertyThrows],
      ['rule', ruleThrows],
    ] as const) {
      const decide = node('s', 'switch', [['done'], ['done']], { ...settings, checkall: 'false', outputs: 2 });
      it(`ends the item at once as failed: ${where}`, async () => {
        await bench.host.deploy([tab(), source('s'), decide, done()]);
        const { result } = await bench.run('no number');
        assert.ok(result.outcome.kind === 'failed');
        assert.deepEqual([result.outcome.failure.code, result.outcome.failure.node?.id], ['switch-undecided', 's']);
      });

      it(`fails only the messages that it cannot decide, however many wait in it: ${where}`, async () => {
        await bench.host.deploy([tab(), source('s'), decide, done()]);
        const payloads = ['1', 'no number', '2', '3', 'none', 'none', '4'];
        const works = payloads.map((payload) => bench.deliver(payload));
        const ends = await Promise.all(works.map((work) => bench.ended(work)));
        assert.deepEqual(
          ends.map(({ outcome }) => outcome.kind),
          payloads.map((payload) => (/\d/.test(payload) ? 'done' : 'failed')),
        );
      });
    }

    it('is for the catch node where there is one', async () => {
      const decide = node('s', 'switch', [['done'], ['done']], { ...ruleThrows, checkall: 'false', outputs: 2 });
      await bench.host.deploy([
        tab(),
        source('s'),
        decide,
        done(),
        catchAll('c', 'failed'),
        failed('failed', 'transient'),
      ]);
      const { result } = await bench.run('no number');
      assert.equal(result.outcome.kind === 'failed' && result.outcome.failure.class, 'transient');
    });
  });

  it('tells the matched from the unmatched in a burst through a switch', async () => {
    await bench.host.deploy([
      tab(),
      source('s'),
      node('s', 'switch', 'a', {
        property: '$number(payload) % 3 = 0',
        propertyType: 'jsonata',
        checkall: 'true',
        outputs: 1,
        rules: [{ t: 'true' }],
      }),
      effect('a', 'done'),
      done(),
    ]);
    const works = Array.from({ length: 200 }, (_, i) => [i, bench.deliver(String(i))] as const);
    for (const [i, work] of works) {
      const { outcome } = await bench.ended(work);
      assert.deepEqual(bench.effectsOf(work), i % 3 === 0 ? ['a'] : []);
      assert.equal(outcome.kind, i % 3 === 0 ? 'done' : 'failed', `message ${i}`);
      if (outcome.kind === 'failed')
        assert.deepEqual([outcome.failure.code, outcome.failure.node?.id], ['path-ended', 's']);
    }
    assert.equal(bench.services.inFlight(), 0);
  });

  it('keeps the parts of one item apart that wait together in a switch', async () => {
    const split = node('sp', 'split', 's', { splt: ',', spltType: 'str', arraySplt: 1, property: 'payload' });
    const decide = node('s', 'switch', 'a', {
      property: '$number(payload) > 0',
      propertyType: 'jsonata',
      checkall: 'true',
      outputs: 1,
      rules: [{ t: 'true' }],
    });
    const flow = [source('sp'), split, decide, effect('a', 'done'), done()];
    assert.deepEqual(await success(flow, '1,2,3,4,5,6'), ['a', 'a', 'a', 'a', 'a', 'a']);
  });

  it('shows in the trace where an error was caught, and what a link call called', async () => {
    await bench.host.deploy([
      tab(),
      source('call'),
      node('call', 'link call', 'f', { links: ['li'], linkType: 'static', timeout: '5' }),
      node('li', 'link in', 'back', { links: [] }),
      node('back', 'link out', [], { mode: 'return', links: [] }),
      fn('f', 'throw new Error("no");', 'done'),
      done(),
      catchAll('c', 'a'),
      effect('a', 'done'),
    ]);
    const { trace } = (await bench.run()).result;
    const number = (id: string): string => trace.find((step) => step.node.id === id)?.branch ?? 'no step';
    assert.deepEqual(
      ['li', 'back', 'f', 'c', 'a'].map((id) => trace.find((step) => step.node.id === id)?.parent ?? 'no step'),
      [number('call'), number('li'), number('call'), number('f'), number('c')],
    );
  });

  it('shows every node that failed as failed, also where the flow caught its error', async () => {
    const ends = async (flow: object[]) => {
      await bench.host.deploy([tab(), ...flow]);
      const { trace } = (await bench.run()).result;
      return Object.fromEntries(trace.map((step) => [step.node.id, step.outcome]));
    };
    const throws = (id: string): object => fn(id, 'throw new Error("no");', 'done');
    const both = await ends([source(['f', 'g']), throws('f'), throws('g'), done(), catchAll('c', 'x'), failed('x')]);
    assert.deepEqual([both['f'], both['g'], both['c'], both['x']], ['failed', 'failed', 'passed', 'failed']);
    const old = node('t', 'test thrower', 'done');
    const mended = await ends([source(['t', 'a']), old, effect('a', 'done'), done(), catchAll('c', 'a')]);
    assert.deepEqual([mended['t'], mended['a']], ['failed', 'passed']);
  });

  it('fails an item whose source cannot make a message of it', async () => {
    const { code, node: at } = await failure([source('a'), effect('a', 'done'), done()], 'unreadable');
    assert.deepEqual([code, at?.id], ['source-failed', 'in']);
  });

  it('ends a runaway loop', async () => {
    const { code } = await failure([source('f'), fn('f', 'return [msg, null];', [['f'], ['done']]), done()]);
    assert.equal(code, 'too-many-branches');
  });
});
