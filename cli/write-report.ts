/** JUnit XML, as build servers read it. */
import builder, { type Builder } from 'junit-report-builder';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { cliErrors } from './errors.ts';
import { safe } from './terminal.ts';

export interface ReportSuite {
  readonly name: string;
  readonly cases: readonly ReportCase[];
}

export interface ReportCase {
  readonly name: string;
  /** Path of the file that it is about. */
  readonly file?: string;
  /** Why it failed; absent: it passed. */
  readonly failure?: { readonly text: string; readonly code: string };
  readonly output?: string;
}

/** Replaces the file. @throws WardflowError `file-unwritable` */
export async function writeJUnit(file: string, suites: readonly ReportSuite[]): Promise<void> {
  // It is CommonJS without a `default` of its own; its types say otherwise.
  const report = (builder as unknown as Builder).newBuilder();
  for (const { name, cases } of suites) {
    const suite = report.testSuite().name(safe(name));
    for (const one of cases) {
      const made = suite.testCase().className(safe(name)).name(safe(one.name));
      if (one.file !== undefined) made.file(safe(one.file));
      if (one.failure) made.failure(safe(one.failure.text), safe(one.failure.code));
      if (one.output !== undefined && one.output !== '') made.standardOutput(printable(one.output));
    }
  }
  const path = resolve(file);
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, report.build());
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    throw cliErrors.create('file-unwritable', { file, reason }, { cause: error });
  }
}

/** Goes into a CDATA section, whose end it must not hold. */
const printable = (text: string): string => text.split('\n').map(safe).join('\n').replaceAll(']]>', ']] >');
