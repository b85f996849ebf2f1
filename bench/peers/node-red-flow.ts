/** A plain Node-RED with one flow: tcp in, a function that answers, tcp out. It keeps nothing. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { freePort } from '../../test/kit/runtime-process.ts';

const RED = resolve(import.meta.dirname, '../../node_modules/node-red/red.js');

const ANSWER = `
const id = msg.payload.toString('latin1').split('|')[9] || '';
const text = 'MSH|^~\\\\&|||||20260101||ACK|A|P|2.5.1\\rMSA|AA|' + id + '\\r';
msg.payload = Buffer.concat([Buffer.from([11]), Buffer.from(text), Buffer.from([28, 13])]);
return msg;`;

export async function startNodeRed(folder: string): Promise<{ readonly child: ChildProcess; readonly port: number }> {
  const [port, uiPort] = [await freePort(), await freePort()];
  mkdirSync(folder, { recursive: true });
  const at = (id: string, type: string, rest: object): object => ({ id, type, z: 'a0000001', x: 100, y: 100, ...rest });
  const flow = [
    { id: 'a0000001', type: 'tab', label: 'answer' },
    at('a0000002', 'tcp in', {
      name: '',
      server: 'server',
      host: '',
      port: String(port),
      datamode: 'stream',
      datatype: 'buffer',
      newline: '',
      topic: '',
      trim: false,
      base64: false,
      tls: '',
      wires: [['a0000003']],
    }),
    at('a0000003', 'function', { name: '', func: ANSWER, outputs: 1, wires: [['a0000004']] }),
    at('a0000004', 'tcp out', { name: '', beserver: 'reply', base64: false, end: false, tls: '', wires: [] }),
  ];
  writeFileSync(join(folder, 'package.json'), '{"name":"bench","private":true}\n');
  writeFileSync(join(folder, 'flows.json'), JSON.stringify(flow));
  writeFileSync(
    join(folder, 'settings.js'),
    `module.exports = { uiPort: ${uiPort}, uiHost: '127.0.0.1', flowFile: 'flows.json', credentialSecret: false, ` +
      `logging: { console: { level: 'error' } }, externalModules: { palette: { allowInstall: false }, modules: { allowInstall: false } } };\n`,
  );
  const child = spawn(process.execPath, [RED, '-u', folder, '-s', join(folder, 'settings.js')], { stdio: 'ignore' });
  const until = Date.now() + 30_000;
  while (!(await answers(port))) {
    if (Date.now() > until || child.exitCode !== null) throw new Error('the plain Node-RED did not start');
    await new Promise((done) => setTimeout(done, 50));
  }
  return { child, port };
}

function answers(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      done(true);
    });
    socket.once('error', () => done(false));
  });
}
