import { registerEditorConfigNode } from '../kit/editor/register.ts';
import { feed } from './config.ts';

registerEditorConfigNode(feed, { label: ({ name }) => name });
