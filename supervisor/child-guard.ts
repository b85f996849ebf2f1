/**
 * Loaded into every child before its own code (`--import`): ends it when the supervisor is gone, however that ended.
 * The IPC channel closes even when the supervisor was killed with -9, so no runtime stays behind holding a port.
 */
const GRACE_MS = 10_000;

process.once('disconnect', () => {
  process.kill(process.pid, 'SIGTERM');
  setTimeout(() => process.exit(1), GRACE_MS).unref();
});
// Listening for the end must not keep a process alive that has nothing left to do.
process.channel?.unref();
