import type { NodeAPI } from 'node-red';
import { registerNode } from '../kit/register.ts';
import { httpEndpoint } from './config.ts';

export default function wardflowHttpEndpoint(RED: NodeAPI): void {
  // Whether the name is bound is asked at each use: bindings change without a deploy.
  registerNode(RED, httpEndpoint, () => ({}));
}
