/** How the demo's processes live under the supervisor; started by hand they run without it. */

/** What a process says when it can be used: over IPC to the supervisor, as one line on the terminal otherwise. */
export interface Ready {
  readonly port?: number;
  readonly url?: string;
  readonly page?: string;
}

export function sayReady(ready: Ready): void {
  if (process.send) process.send({ wardflow: 'ready', ...ready });
  else process.stdout.write(`ready ${JSON.stringify(ready)}\n`);
}

/** Ends this process when its parent is gone, however that ended: the IPC channel closes even after kill -9. */
export function endWithParent(): void {
  if (process.send) process.once('disconnect', () => process.exit(0));
}
