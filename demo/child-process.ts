/** How the demo's processes speak with the supervisor; started by hand they run without it. */

/** What a process says on standard output when it can be used: one line, `ready {json}`. */
export interface Ready {
  readonly port: number;
  readonly url?: string;
  readonly page?: string;
}

export function sayReady(ready: Ready): void {
  process.stdout.write(`ready ${JSON.stringify(ready)}\n`);
}

/** Ends this process when its parent is gone, however that ended: the IPC channel closes even after kill -9. */
export function endWithParent(): void {
  if (process.send) process.once('disconnect', () => process.exit(0));
}
