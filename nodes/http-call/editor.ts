import { registerEditorNode } from '../kit/editor/register.ts';
import { httpCall, httpCallOutputs } from './config.ts';

registerEditorNode(httpCall, {
  group: 'outside',
  icon: 'http-call.svg',
  inputs: 1,
  outputs: { most: 1, of: httpCallOutputs },
  label: ({ method, effect, path, pathKind }) =>
    method === 'GET' ? `GET ${pathKind === 'str' ? path : ''}`.trim() : effect && `${method} ${effect}`,
  ports: () => ['port.answered'],
});
