import { registerEditorConfigNode } from '../kit/editor/register.ts';
import { hl7Endpoint } from './config.ts';

registerEditorConfigNode(hl7Endpoint, { label: ({ name }) => name });
