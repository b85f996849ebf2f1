import { MongoBackend } from '@agendajs/mongo-backend';
import type { AgendaBackend } from 'agenda';

/** Agenda's storage beside the store on MongoDB, over a small connection of its own. */
export function mongoBackend(url: string): AgendaBackend {
  return new MongoBackend({
    address: url,
    collection: 'schedules',
    options: {
      appName: 'wardflow schedules',
      writeConcern: { w: 'majority', j: true },
      maxPoolSize: 2,
      serverSelectionTimeoutMS: 15_000,
    },
  });
}
