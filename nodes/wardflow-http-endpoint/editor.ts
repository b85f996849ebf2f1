import { registerEditorConfigNode } from '../kit/editor/register.ts';
import { httpEndpoint } from './config.ts';

registerEditorConfigNode(httpEndpoint, { label: ({ name }) => name });
