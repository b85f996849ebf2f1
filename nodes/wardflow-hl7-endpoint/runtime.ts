import type { NodeAPI } from 'node-red';
import { registerNode } from '../kit/register.ts';
import { hl7Endpoint } from './config.ts';

export default function wardflowHl7Endpoint(RED: NodeAPI): void {
  // Whether the name is bound is asked at each use: bindings change without a deploy.
  registerNode(RED, hl7Endpoint, () => ({}));
}
