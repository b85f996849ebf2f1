/**
 * Sends HL7 v2 messages from files to the running Wardflow over MLLP, and prints each acknowledgement:
 * `node_modules/.bin/node demo/send.ts message.hl7`. The port comes from run.json of the data folder (WARDFLOW_DATA).
 */
import { readFileSync } from 'node:fs';
import { readConfig, readRunInfo } from '../engine/index.ts';
import { createMllpClient } from './hospital/mllp-client.ts';

const ANSWERS: Readonly<Record<string, string>> = {
  AA: 'accepted',
  CA: 'accepted',
  AE: 'not accepted: it cannot be read',
  AR: 'refused',
};

const files = process.argv.slice(2);
const feed = (await readRunInfo(readConfig().dataFolder))?.runtimes['staging']?.feeds['hospital'];
if (files.length === 0 || !feed) {
  process.stderr.write(
    feed
      ? 'Name a file with an HL7 v2 message.\n'
      : 'Wardflow does not run on this data folder: start it with "npm start".\n',
  );
  process.exit(1);
}
const client = createMllpClient({ host: feed.host, port: feed.port, ackWithinMs: 10_000 });
let failed = false;
for (const file of files) {
  // Editors end lines with LF; the standard's segment end is CR (HL7 v2.5.1, 2.5.2).
  const text = readFileSync(file, 'utf8').trimEnd().replaceAll(/\r?\n/g, '\r');
  const delivery = await client.send(`${text}\r`);
  const code = delivery.kind === 'acknowledged' ? delivery.code : 'none';
  failed ||= ANSWERS[code] !== 'accepted';
  process.stdout.write(`${file}: ${code} (${ANSWERS[code] ?? 'no answer'})\n`);
}
client.close();
process.exitCode = failed ? 1 : 0;
