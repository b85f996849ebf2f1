import { registerEditorConfigNode } from '../kit/editor/register.ts';
import { fhirEndpoint } from './config.ts';

registerEditorConfigNode(fhirEndpoint, { label: ({ name }) => name });
