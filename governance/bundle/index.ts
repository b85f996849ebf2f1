/**
 * The door for the command line, the server and the runtime's gate. The web app imports `key-file.ts`, `dsse.ts` and
 * `statements.ts` themselves, which need nothing but WebCrypto.
 */
export { ARCHIVE_LIMITS, readArchive, writeArchive } from './archive.ts';
export {
  bundleFileName,
  createBundle,
  readBundle,
  withApproval,
  withAuthor,
  writeBundle,
  type Bundle,
  type NewBundle,
} from './bundle.ts';
export { sha256, utf8, type Bytes } from './bytes.ts';
export { canonicalBytes } from './canonical.ts';
export { addSignature, opened, openEnvelope, pae, sign, type Envelope } from './dsse.ts';
export { bundleErrors } from './errors.ts';
export { evaluate, type Judgement, type Verdict } from './evaluate.ts';
export {
  createKey,
  isPersonName,
  PASSPHRASE_LEAST,
  publicPart,
  readKeyFile,
  readPublicKey,
  unwrapKey,
  type KeyFile,
  type PublicKeyFile,
  type SigningKey,
} from './key-file.ts';
export type { Manifest, ManifestDefinition, ManifestFile } from './manifest.ts';
export {
  verifyBreakGlass,
  verifyOrder,
  type OrderAgainst,
  type OrderState,
  type VerifiedBreakGlass,
  type VerifiedOrder,
} from './order.ts';
export {
  checkPolicy,
  readPolicy,
  RISKS,
  seatsNeeded,
  type HashedPolicy,
  type Judged,
  type Policy,
  type Risk,
} from './policy.ts';
export { readSigned, type Signed } from './read-statement.ts';
export {
  mediaType,
  signStatement,
  statementBytes,
  type ApprovalStatement,
  type AuthorStatement,
  type BreakGlassStatement,
  type OrderStatement,
  type Statement,
  type TrustedKey,
  type TrustStatement,
} from './statements.ts';
export { readJson } from './strict-json.ts';
export { initialTrust, proposeTrust, subjectsOf, type FirstTrust, type TrustChange } from './trust-change.ts';
export {
  appendTrust,
  firstTrust,
  pinOf,
  readPin,
  readTrustStore,
  trustAt,
  trustStatementOf,
  type TrustPin,
  type TrustStore,
  type TrustStoreFile,
} from './trust-store.ts';
export {
  higherRisk,
  nodeTypesOf,
  riskOf,
  verifyBundle,
  type Verification,
  type VerifyAgainst,
} from './verify-bundle.ts';
