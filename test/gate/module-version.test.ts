import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { moduleVersion } from '../../runtime/gate/module-version.ts';
import { installedModules } from '../kit/release-kit.ts';

describe('the version of a module of nodes', () => {
  const { 'node-red': red = '', 'wardflow-nodes': ours = '' } = installedModules();

  it('is the one that was loaded, where the same lies on disk', () => {
    assert.equal(moduleVersion('node-red', red), red);
    assert.equal(moduleVersion('node-red', `${red}-git`), red);
    assert.equal(moduleVersion('wardflow-nodes', ours), ours);
  });

  it('shows that another lies on disk by now', () => {
    assert.equal(moduleVersion('node-red', '1.0.0'), `1.0.0, on disk ${red}`);
    assert.equal(moduleVersion('wardflow-nodes', '0.0.1'), `0.0.1, on disk ${ours}`);
  });

  it('is the one that was loaded, where nobody can say what lies on disk', () => {
    assert.equal(moduleVersion('nobody-has-this', '1.2.3'), '1.2.3');
  });
});
