/**
 * The file of arrivals beside the database belongs to what it keeps (arrivals/arrivals.ts): software that does not know of the file must
 * not open it. The file's life and how many of its arrivals are here is a counter, on a page that every batch writes.
 */
export const arrivals = `
DELETE FROM counter WHERE kind = 'arrivals';
`;
