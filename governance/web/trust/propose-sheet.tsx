import { Button, Checkbox, Drawer, FileButton, Radio, Select, Stack, Textarea } from '@mantine/core';
import { useState, type SubmitEvent } from 'react';
import { ROLES } from '../../api/permissions.ts';
import type { TrustView } from '../../api/release-contract.ts';
import { readPublicKey, type PublicKeyFile } from '../../bundle/key-file.ts';
import type { Policy } from '../../bundle/policy.ts';
import { proposeTrust, type TrustChange } from '../../bundle/trust-change.ts';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { ReasonField } from '../feedback/reason-field.tsx';
import { trustChangeInWords } from '../../trust/describe-trust.ts';
import { useSession } from '../session/session.ts';
import { useSay } from '../shell/announcer.tsx';
import { Hash } from '../signing/hash.tsx';
import { useSigner } from '../signing/use-signer.tsx';
import { useTrustDeeds } from './queries.ts';
import classes from './trust.module.css';

type What = 'add' | 'roles' | 'revoke' | 'policy';
const WHATS: readonly { readonly value: What; readonly label: string; readonly description: string }[] = [
  { value: 'add', label: 'Trust a new key', description: 'Of a new colleague, or for a lost one.' },
  { value: 'roles', label: 'Change somebody’s roles', description: 'In which they approve, order or break glass.' },
  { value: 'revoke', label: 'Revoke a key', description: 'From then on it never counts, whatever date it writes.' },
  { value: 'policy', label: 'Change the policy', description: 'Who must approve what.' },
];
/** A public key has some hundred bytes. */
const LARGEST = 10_000;
const roleNames = ROLES.filter((role) => role !== 'administrator' && role !== 'auditor' && role !== 'coordinator');

/** One change at a time: what is signed should be understood at a glance. */
export function ProposeSheet({ view, onClose }: { readonly view: TrustView; readonly onClose: () => void }) {
  const { view: self } = useSession();
  const say = useSay();
  const signer = useSigner();
  const { propose } = useTrustDeeds(view.environment);
  const [what, setWhat] = useState<What>('add');
  const [key, setKey] = useState<PublicKeyFile | null>(null);
  const [keyId, setKeyId] = useState<string | null>(null);
  const [roles, setRoles] = useState<readonly string[]>([]);
  const [policy, setPolicy] = useState(() => JSON.stringify(view.policy, null, 2));
  const [reason, setReason] = useState('');
  const [trouble, setTrouble] = useState<unknown>(null);
  const living = view.keys.filter(({ revoked }) => revoked === null);
  const parsed = policyIn(policy);
  const change: Pick<TrustChange, 'add' | 'roles' | 'revoke' | 'policy'> | null =
    what === 'add'
      ? key && roles.length > 0
        ? { add: [{ key, roles }] }
        : null
      : what === 'policy'
        ? parsed && policy !== JSON.stringify(view.policy, null, 2)
          ? { policy: parsed }
          : null
        : keyId === null
          ? null
          : what === 'revoke'
            ? { revoke: [keyId] }
            : roles.length > 0
              ? { roles: { [keyId]: roles.toSorted() } }
              : null;
  const store = { ...view, policy: { policy: view.policy } };
  const statementAt = (at: string) => proposeTrust(store, { ...change, by: self.username, reason: reason.trim(), at });
  const words = change && wordsOf(view, statementAt(new Date().toISOString()));

  const take = (file: File | null): void => {
    if (!file) return;
    setTrouble(null);
    void (async () => {
      if (file.size > LARGEST) throw new RangeError('too large for a key');
      setKey(await readPublicKey(await file.text(), file.name));
    })().catch((error: unknown) => setTrouble(error));
  };
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    signer.ask({
      title: 'Propose a change of whom to trust',
      button: 'Propose',
      words: (
        <ul className={classes['words']}>
          {words?.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      ),
      environment: view.environment,
      statement: statementAt,
      async onSigned(envelope) {
        const { missing } = await propose.mutateAsync(envelope);
        say(missing === '' ? 'The change is in force.' : `Proposed; it needs ${missing}.`);
        onClose();
      },
    });
  };

  return (
    <Drawer opened onClose={onClose} position="right" size={480} title={`Change whom ${view.environment} trusts`}>
      <form className={classes['sheet']} onSubmit={submit}>
        <Radio.Group
          label="What is to change"
          value={what}
          onChange={(value) => {
            setWhat(WHATS.find((one) => one.value === value)?.value ?? 'add');
            setRoles([]);
          }}
        >
          <Stack gap={8} mt={6}>
            {WHATS.map((one) => (
              <Radio key={one.value} {...one} />
            ))}
          </Stack>
        </Radio.Group>
        {what === 'add' && (
          <div className={classes['key']}>
            <FileButton onChange={take} accept="application/json,.json">
              {(props) => (
                <Button variant="default" {...props}>
                  {key ? 'Another public key…' : 'Their public key…'}
                </Button>
              )}
            </FileButton>
            {key ? (
              <p>
                <strong>{key.person}</strong> <Hash of={key.id} />. Have them read these digits to you.
              </p>
            ) : (
              <p className="dim">They get it under My account and give it to you.</p>
            )}
          </div>
        )}
        {trouble !== null && <ProblemNotice error={trouble} />}
        {(what === 'revoke' || what === 'roles') && (
          <Select
            label="Whose key"
            size="sm"
            placeholder="Choose"
            data={living.map(({ id, person, roles: held }) => ({
              value: id,
              label: `${person}, ${id.slice(0, 12)} (${held.join(', ') || 'no role'})`,
            }))}
            value={keyId}
            onChange={(value) => {
              setKeyId(value);
              setRoles(living.find(({ id }) => id === value)?.roles ?? []);
            }}
          />
        )}
        {(what === 'add' || what === 'roles') && (
          <Checkbox.Group label="Roles in which the key counts" value={[...roles]} onChange={setRoles}>
            <Stack gap={8} mt={6}>
              {[...new Set([...roleNames, ...roles])].map((role) => (
                <Checkbox key={role} value={role} label={role} />
              ))}
            </Stack>
          </Checkbox.Group>
        )}
        {what === 'policy' && (
          <Textarea
            label="The whole policy"
            description="JSON; below is said what it changes."
            size="sm"
            rows={14}
            className={classes['json'] ?? ''}
            spellCheck={false}
            error={parsed ? null : 'This is no policy.'}
            value={policy}
            onChange={(event) => setPolicy(event.currentTarget.value)}
          />
        )}
        {words && (
          <div>
            <h3>What will change</h3>
            <ul className={classes['words']}>
              {words.map((line) => (
                <li key={line}>{line}</li>
              ))}
            </ul>
          </div>
        )}
        <ReasonField description="Signed, and kept in the trust store." value={reason} onChange={setReason} />
        <div className={classes['acts']}>
          <Button variant="default" size="sm" onClick={onClose}>
            Leave it as it is
          </Button>
          <Button type="submit" size="sm" disabled={!change || reason.trim().length < 3}>
            Sign and propose…
          </Button>
        </div>
      </form>
      {signer.dialog}
    </Drawer>
  );
}

function wordsOf(view: TrustView, next: ReturnType<typeof proposeTrust>): readonly string[] {
  const words = trustChangeInWords(view, { keys: next.keys, policy: next.policy as Policy });
  const all = [...words.keys, ...words.policy.map((line) => `policy, ${line}`)];
  return all.length === 0 ? ['Nothing that counts.'] : all;
}

/** As far as words can be made of it; whether it is valid says the server. */
function policyIn(text: string): Policy | null {
  try {
    const policy = JSON.parse(text) as Policy;
    trustChangeInWords({ keys: [], policy }, { keys: [], policy });
    return policy;
  } catch {
    return null;
  }
}
