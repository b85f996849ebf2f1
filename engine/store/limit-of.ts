/** 1 to 1000, default 100. */
export const limitOf = (limit: number | undefined): number => Math.min(Math.max(Math.trunc(limit ?? 100), 1), 1000);
