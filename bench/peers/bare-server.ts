/**
 * Servers to compare with, each in its own process: `store` keeps every message as one row in one flushed transaction
 * before it answers (what one would write in an afternoon); `nothing` answers and keeps nothing. Says its port by IPC.
 */
import { createServer } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { frame, MllpFramer } from '../../engine/index.ts';

const [kind, folder = ''] = process.argv.slice(2);
const keep = kind === 'store' ? inSqlite(folder) : () => undefined;

const server = createServer((socket) => {
  const framer = new MllpFramer();
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    for (const framed of framer.push(chunk)) {
      if (framed.kind !== 'frame') continue;
      keep(framed.bytes);
      const controlId = Buffer.from(framed.bytes).toString('latin1').split('|')[9] ?? '';
      socket.write(frame(Buffer.from(`MSH|^~\\&|||||20260101||ACK|A|P|2.5.1\rMSA|AA|${controlId}\r`)));
    }
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.(typeof address === 'object' ? address?.port : undefined);
});
process.once('disconnect', () => process.exit(0));

function inSqlite(where: string): (bytes: Uint8Array) => void {
  const db = new DatabaseSync(join(where, 'bare.db'));
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  db.exec('CREATE TABLE message (seq INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT');
  const insert = db.prepare('INSERT INTO message (bytes) VALUES (?)');
  return (bytes) => {
    insert.run(bytes);
  };
}
