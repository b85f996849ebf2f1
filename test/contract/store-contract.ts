import { describe } from 'mocha';
import type { StoreAdapter } from './adapter.ts';
import { describeAlerts } from './alert-contract.ts';
import { describeAcknowledgements } from './acknowledgement-contract.ts';
import { describeAudit } from './audit-contract.ts';
import { describeGateAndDecisions } from './clinical-contract.ts';
import { describeCounts } from './counts-contract.ts';
import { describeCrash } from './crash-contract.ts';
import { describeEffects } from './effects-contract.ts';
import { describeEscalations } from './escalation-contract.ts';
import { describeFigures } from './figures-contract.ts';
import { describeJournal } from './journal-contract.ts';
import { describeList } from './list-contract.ts';
import { describeModel } from './model-contract.ts';
import { describeOrdering } from './ordering-contract.ts';
import { describeParking } from './parking-contract.ts';
import { describeRetention } from './retention-contract.ts';
import { describeSkew } from './skew-contract.ts';
import { describeSwitches } from './switches-contract.ts';
import { describeTasks } from './task-contract.ts';
import { describeWork } from './work-contract.ts';

/** The one suite that every store adapter passes. */
export function describeStoreContract(adapter: StoreAdapter): void {
  describe(`store contract on ${adapter.name}`, () => {
    describeJournal(adapter);
    describeList(adapter);
    describeAcknowledgements(adapter);
    describeWork(adapter);
    describeOrdering(adapter);
    describeParking(adapter);
    describeEffects(adapter);
    describeGateAndDecisions(adapter);
    describeEscalations(adapter);
    describeTasks(adapter);
    describeAlerts(adapter);
    describeAudit(adapter);
    describeSwitches(adapter);
    describeRetention(adapter);
    describeFigures(adapter);
    describeCounts(adapter);
    describeSkew(adapter);
    describeModel(adapter);
    describeCrash(adapter);
  });
}
