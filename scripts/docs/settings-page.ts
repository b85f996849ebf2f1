import { settingsTable } from '../../engine/index.ts';

export const settingsPage = (): string => `# Settings

All are environment variables. A value out of its limits, and any unknown variable that begins with \`WARDFLOW_\`, stops the
start with one sentence that names every problem. Where feeds and endpoints are, beyond these, is in
[bindings.json](formats.md#bindingsjson).

${settingsTable()}`;
