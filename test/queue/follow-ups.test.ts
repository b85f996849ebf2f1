import assert from 'node:assert/strict';
import { mock, type Mock } from 'node:test';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { FollowUps } from '../../engine/queue/follow-ups.ts';

describe('a claim after a settling', () => {
  let claims = 0;
  let followUps: FollowUps;
  let now: Mock<() => number>;
  beforeEach(() => {
    now = mock.method(performance, 'now', () => 0);
    mock.timers.enable({ apis: ['setTimeout'] });
    claims = 0;
    followUps = new FollowUps(() => void claims++);
  });
  afterEach(() => {
    mock.timers.reset();
    now.mock.restore();
  });

  it('is made at once until one brings nothing, and again from the next that brings something', () => {
    assert.equal(followUps.eager, true);
    followUps.brought(0);
    assert.equal(followUps.eager, false);
    followUps.brought(1);
    assert.equal(followUps.eager, true);
  });

  it('is made after a moment in which nothing else was claimed', () => {
    followUps.settling();
    mock.timers.tick(1);
    followUps.settling();
    mock.timers.tick(1);
    assert.equal(claims, 0, 'a moment after the last settling');
    mock.timers.tick(1);
    assert.equal(claims, 1, 'one for both');
    mock.timers.tick(100);
    assert.equal(claims, 1);
  });

  it('is not put off for ever by settlings that follow closely on each other', () => {
    for (let ms = 0; ms < 12; ms++) {
      now.mock.mockImplementation(() => ms);
      followUps.settling();
      mock.timers.tick(1);
    }
    assert.equal(claims, 1);
  });

  it('is left out where another claim has followed the settling', () => {
    followUps.settling();
    followUps.asked();
    mock.timers.tick(100);
    assert.equal(claims, 0);
  });

  it('is made for a settling behind that other claim', () => {
    followUps.settling();
    followUps.asked();
    followUps.settling();
    mock.timers.tick(100);
    assert.equal(claims, 1);
  });

  it('is not made when everything stops', () => {
    followUps.settling();
    followUps.stop();
    mock.timers.tick(100);
    assert.equal(claims, 0);
  });
});
