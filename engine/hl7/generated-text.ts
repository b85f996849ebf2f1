/**
 * The generated data, read when somebody first asks what the standard says: half a megabyte of text that most processes never
 * need and every start would wait for. By `require`, since who asks does not wait.
 */
import { createRequire } from 'node:module';
import { siblingFile } from '../base/sibling-file.ts';
import type * as Segments from './generated/segments.ts';
import type * as Structures from './generated/structures.ts';
import type * as Tables from './generated/tables.ts';
import type * as Types from './generated/types.ts';

const load = createRequire(import.meta.url);
const generated = (name: string): unknown => load(siblingFile(import.meta.url, `generated/${name}`));

export const segmentsText = (): string => (generated('segments') as typeof Segments).SEGMENTS;
export const typesText = (): string => (generated('types') as typeof Types).TYPES;
export const tablesText = (): string => (generated('tables') as typeof Tables).TABLES;
export const structures = (): typeof Structures => generated('structures') as typeof Structures;
