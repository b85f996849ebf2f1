/** Stands in for `runtime/gate/node-red-host.ts`: the same, and giving Node-RED a release is a step. */
import { nodeRedHost as real, type NodeRedHost, type NodeRedHostOptions } from '../../../runtime/gate/node-red-host.ts';
import { reach } from './reach.ts';

export function nodeRedHost(options: NodeRedHostOptions): NodeRedHost {
  const host = real(options);
  return {
    ...host,
    async enforce(definitions, person) {
      reach('definitions enforcing');
      await host.enforce(definitions, person);
      reach('definitions enforced');
    },
    async deploy(nodes, person) {
      reach('flows giving');
      await host.deploy(nodes, person);
      reach('flows started');
    },
  };
}
