import { defineErrors } from '../../base/errors.ts';

/** What can go wrong with the embedded store. */
export const storeErrors = defineErrors({
  'store-folder-unwritable': {
    class: 'permanent',
    text: 'The data folder {path} cannot be written ({system}).',
    remedy: 'Give the user that runs Wardflow write access to {path}, or set WARDFLOW_DATA to another folder.',
  },
  'store-file-corrupt': {
    class: 'permanent',
    text: 'The database {path} is not a readable Wardflow database.',
    remedy: 'Keep {path} for examination, restore the latest backup in its place, and start again.',
  },
  'store-schema-newer': {
    class: 'permanent',
    text: 'The database {path} was written by a newer Wardflow (schema {found}, this one knows {known}).',
    remedy: 'Start the Wardflow version that wrote {path} or a newer one.',
  },
  'store-not-durable': {
    class: 'permanent',
    text: 'The database {path} would run with {setting}={found} where {required} is required.',
    remedy: 'Put {path} on a local file system that supports write-ahead logging (no network share).',
  },
  'store-locked': {
    class: 'transient',
    text: 'The database {path} stayed locked by another process.',
    remedy: 'See which other process holds {path} (a backup, a database browser) and end it; the work is tried again.',
  },
  'store-disk-full': {
    class: 'transient',
    text: 'The disk that holds the database {path} is full.',
    remedy: 'Free space on the disk of {path}; nothing is acknowledged until writing works again.',
  },
  'store-io-failed': {
    class: 'transient',
    text: 'The operating system refused a read or write of the database {path} (SQLite code {sqlite}).',
    remedy: 'Check the disk of {path} and the system log; nothing is acknowledged until writing works again.',
  },
  'store-failed': {
    class: 'permanent',
    text: 'The store refused the operation {operation} (SQLite code {sqlite}).',
    remedy: 'Report this with the operation and the code; the operation changed nothing.',
  },
  'store-bad-argument': {
    class: 'permanent',
    text: 'The store was given a value it cannot keep in the operation {operation}.',
    remedy: 'This is a defect of Wardflow or of a node: report it with the name of the operation.',
  },
  'store-decision-lost': {
    class: 'transient',
    text: 'A decision of this item could not be kept, so that nothing may follow from it.',
    remedy: 'Nothing to do: the item is tried again and decides anew. See the errors before this one for the cause.',
  },
  'store-unknown-message': {
    class: 'permanent',
    text: 'Work was offered for a message that the journal does not hold.',
    remedy: 'This is a defect of Wardflow or of a node: report it.',
  },
  'store-worker-died': {
    class: 'ambiguous',
    text: 'The thread that works on the database {path} ended unexpectedly.',
    remedy:
      'Restart the process; what was acknowledged is safe, what was not acknowledged is sent again by its sender.',
  },
  'store-closed': {
    class: 'transient',
    text: 'The store is closed.',
    remedy: 'Wait until the process has restarted.',
  },
});
