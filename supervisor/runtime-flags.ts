/**
 * Options of Node for a runtime. V8 lets a busy heap grow to half a gigabyte of what nobody needs any more before it
 * looks; growing in smaller steps costs a little more collecting (docs/performance.md).
 */
export const RUNTIME_FLAGS: readonly string[] = ['--max-semi-space-size=4', '--heap-growing-percent=25'];
