import { defineErrors } from '../../base/errors.ts';

/** What can go wrong with the store on MongoDB, beside what every store may say (sqlite/errors.ts). */
export const mongoErrors = defineErrors({
  'store-no-replica-set': {
    class: 'permanent',
    text: 'The MongoDB server at {host} is not a member of a replica set.',
    remedy:
      'Start mongod with --replSet and run rs.initiate() (one member is enough to begin with), or set WARDFLOW_STORE=sqlite.',
  },
  'store-mongodb-too-old': {
    class: 'permanent',
    text: 'The MongoDB server at {host} is too old (wire version {found}, needed {required}).',
    remedy: 'Use MongoDB 6.0 or newer.',
  },
  'store-mongodb-url': {
    class: 'permanent',
    text: 'WARDFLOW_MONGODB_URL is missing or is not a MongoDB connection string.',
    remedy: 'Set WARDFLOW_MONGODB_URL to mongodb://… or mongodb+srv://… with the name of the replica set.',
  },
  'store-mongodb-unreachable': {
    class: 'transient',
    text: 'No MongoDB server at {host} could be reached as primary.',
    remedy: 'See that the replica set has a primary and that this machine may reach it; the work is tried again.',
  },
  'store-mongodb-refused': {
    class: 'permanent',
    text: 'The MongoDB server at {host} refused the log-in.',
    remedy: 'Correct user, password and authSource in WARDFLOW_MONGODB_URL.',
  },
  'store-write-concern': {
    class: 'permanent',
    text: 'Writes to MongoDB at {host} would be acknowledged with {found} where {required} is required.',
    remedy: 'Remove w, journal and wtimeoutMS from WARDFLOW_MONGODB_URL.',
  },
  'store-mongodb-schema-newer': {
    class: 'permanent',
    text: 'The database {database} was written by a newer Wardflow (schema {found}, this one knows {known}).',
    remedy: 'Start the Wardflow version that wrote {database} or a newer one.',
  },
  'store-mongodb-interrupted': {
    class: 'transient',
    text: 'MongoDB did not confirm the operation {operation} in time; it may have been kept.',
    remedy: 'See that a majority of the replica set is up; nothing is acknowledged until MongoDB confirms again.',
  },
  'store-mongodb-failed': {
    class: 'permanent',
    text: 'MongoDB refused the operation {operation} (code {code}).',
    remedy: 'Report this with the operation and the code; the operation changed nothing.',
  },
});
