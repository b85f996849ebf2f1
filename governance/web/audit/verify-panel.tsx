import { Button } from '@mantine/core';
import { Download, ShieldAlert, ShieldCheck, ShieldQuestion } from 'lucide-react';
import { API_ROOT } from '../../api/contract.ts';
import type { AuditVerdictView } from '../../api/audit-contract.ts';
import { useSession } from '../session/session.ts';
import { exactTime } from '../time/duration.ts';
import classes from './audit.module.css';
import { chainName } from './audit-words.ts';

/** What verification found: each trail up to when, or where it breaks and what to do. */
export function VerifyPanel({ verdict }: { readonly verdict: AuditVerdictView }) {
  const { may } = useSession();
  const { heads } = verdict;
  const records = verdict.chains.reduce((sum, { records }) => sum + records, 0);
  return (
    <section className={classes['verdict']} data-intact={verdict.intact} aria-label="Verification">
      <p>
        {verdict.intact ? <ShieldCheck size={18} aria-hidden="true" /> : <ShieldAlert size={18} aria-hidden="true" />}
        <strong>
          {verdict.intact
            ? `Intact: all ${records.toLocaleString('en-GB')} entries are what was written, up to ${exactTime(verdict.at)}.`
            : 'Not everything is as it was written, or could not be read.'}
        </strong>
      </p>
      <ul>
        {verdict.chains.map(({ chain, intact, upTo, signedUpTo, records, findings }) => (
          <li key={chain} data-intact={intact ?? 'unknown'}>
            {intact === null ? (
              <ShieldQuestion size={15} aria-hidden="true" />
            ) : intact ? (
              <ShieldCheck size={15} aria-hidden="true" />
            ) : (
              <ShieldAlert size={15} aria-hidden="true" />
            )}
            <div>
              <strong>{chainName(chain)}: </strong>
              {findings.length > 0
                ? findings.map(({ code, text, remedy }) => (
                    <span key={code}>
                      {text} {remedy} <code>{code}</code>
                    </span>
                  ))
                : `${records.toLocaleString('en-GB')} entries` + (upTo ? `, up to ${exactTime(upTo.at)}` : '')}
              {signedUpTo && (
                <span className="dim">
                  {' '}
                  · signed up to entry {signedUpTo.seq.toLocaleString('en-GB')} of {exactTime(signedUpTo.at)}
                </span>
              )}
              {!signedUpTo && intact === true && records > 0 && (
                <span className="dim"> · not in a signed head yet</span>
              )}
            </div>
          </li>
        ))}
        <li data-intact={heads.findings.length === 0}>
          {heads.findings.length === 0 ? (
            <ShieldCheck size={15} aria-hidden="true" />
          ) : (
            <ShieldAlert size={15} aria-hidden="true" />
          )}
          <div>
            <strong>Signed heads: </strong>
            {heads.findings.length > 0
              ? heads.findings.map(({ code, text, remedy }) => (
                  <span key={code}>
                    {text} {remedy} <code>{code}</code>
                  </span>
                ))
              : `${heads.count.toLocaleString('en-GB')}, each following the one before` +
                (heads.newest ? `, the newest of ${exactTime(heads.newest.at)}` : '')}
          </div>
        </li>
      </ul>
      {may('audit:export') && (
        <p className={classes['files']}>
          <Button component="a" href={`${API_ROOT}/audit/heads.jsonl`} download {...FILE}>
            heads.jsonl
          </Button>
          <Button component="a" href={`${API_ROOT}/audit/heads-key`} download {...FILE}>
            Public key
          </Button>
          <span>Kept elsewhere, these show what somebody with this machine could hide here.</span>
        </p>
      )}
    </section>
  );
}

const FILE = { size: 'xs', variant: 'default', leftSection: <Download size={13} aria-hidden="true" /> } as const;
