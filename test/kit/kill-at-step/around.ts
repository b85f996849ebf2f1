/** Puts `wrapper` around a method: it is given the method, bound to its object, and the arguments of the call. */
export function around<T extends object>(
  target: T,
  name: keyof T,
  wrapper: (this: T, method: (...args: unknown[]) => unknown, ...args: unknown[]) => unknown,
): void {
  const original = target[name] as (...args: unknown[]) => unknown;
  const wrapped = function (this: T, ...args: unknown[]): unknown {
    return wrapper.call(this, (...given) => original.apply(this, given), ...args);
  };
  Object.assign(target, { [name]: wrapped });
}
