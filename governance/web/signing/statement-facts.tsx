import type { ReactNode } from 'react';
import type { Statement } from '../../bundle/statements.ts';
import { momentOf } from './moment-of.ts';
import { Hash } from './hash.tsx';
import classes from './signing.module.css';

interface Fact {
  readonly label: string;
  readonly value: ReactNode;
}

const hash = (value: string | null): ReactNode => (value === null ? 'nothing: it is the first' : <Hash of={value} />);

/** Read from the very statement that is signed, so that what is shown cannot be anything else. */
export function factsOf(statement: Statement): readonly Fact[] {
  switch (statement.kind) {
    case 'author':
      return [
        { label: 'You sign as', value: 'its author' },
        { label: 'Bundle', value: hash(statement.bundle) },
        { label: 'In place of', value: hash(statement.base) },
        { label: 'Your words', value: statement.summary },
      ];
    case 'approval':
      return [
        { label: 'You sign as', value: statement.role },
        { label: 'Bundle', value: hash(statement.bundle) },
        { label: 'In place of', value: hash(statement.base) },
        { label: 'Author’s statement', value: hash(statement.author) },
        { label: 'Under policy', value: hash(statement.policy) },
      ];
    case 'order':
      return [
        { label: 'Environment', value: statement.environment },
        { label: 'Runs', value: hash(statement.bundle) },
        { label: 'In place of', value: hash(statement.previous) },
        { label: 'Order', value: `number ${statement.sequence}, valid until ${momentOf(statement.expires)}` },
      ];
    case 'break-glass':
      return [
        { label: 'Environment', value: statement.environment },
        { label: 'Runs unapproved', value: hash(statement.bundle) },
        { label: 'Goes back to', value: hash(statement.previous) },
        { label: 'At the latest', value: momentOf(statement.until) },
        { label: 'Reason', value: statement.reason },
      ];
    case 'trust-store':
      return [
        { label: 'Environment', value: statement.environment },
        { label: 'Trust store', value: `version ${statement.version}` },
        { label: 'In place of', value: hash(statement.previous) },
        { label: 'Proposed by', value: statement.by },
        { label: 'Reason', value: statement.reason },
        { label: 'Keys', value: statement.keys.map(({ person }) => person).join(', ') },
      ];
    default:
      return statement satisfies never;
  }
}

export function StatementFacts({ statement }: { readonly statement: Statement }) {
  return (
    <dl className={classes['facts']}>
      {factsOf(statement).map(({ label, value }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
