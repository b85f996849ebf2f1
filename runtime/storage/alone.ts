/** One after the other: a deploy and a saved rule table both write the folder of definitions and put in force what is there. */
export type Alone = <T>(run: () => Promise<T>) => Promise<T>;

export function oneAtATime(): Alone {
  let last: Promise<unknown> = Promise.resolve();
  return (run) => {
    const next = last.then(run, run);
    last = next.catch(() => undefined);
    return next;
  };
}
