import { adapter } from './sqlite-adapter.ts';
import { describeStoreContract } from './store-contract.ts';

describeStoreContract(adapter);
