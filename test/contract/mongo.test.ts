import { after, before, describe } from 'mocha';
import { stopMongod } from '../kit/mongod.ts';
import { requireMongod } from '../kit/requires.ts';
import { adapter, removeAllPlaces } from './mongo-adapter.ts';
import { describeStoreContract } from './store-contract.ts';

describe('MongoDB', () => {
  before(async function () {
    this.timeout(180_000);
    await requireMongod(this)();
  });
  after(async function () {
    this.timeout(180_000);
    await removeAllPlaces();
    await stopMongod();
  });

  describeStoreContract(adapter);
});
