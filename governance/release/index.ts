/** The door to what environments are ordered to run: for the runtime's gate, the console and the command line. */
export { riskOfBases } from './base-risk.ts';
export { carryOut, type CarriedOut, type ReleaseOrder, type Site } from './carry-out.ts';
export { planRelease } from './plan-release.ts';
export { releaseErrors } from './errors.ts';
export { inForce, type InForce } from './in-force.ts';
export { whileLocked } from './lock.ts';
export {
  readReleaseFile,
  releaseFileText,
  type BreakGlassRelease,
  type OrderedRelease,
  type Release,
  type ReleaseFile,
  type TrustVersion,
} from './release.ts';
export {
  bundlePath,
  logFolder,
  readBundleFile,
  readLogFiles,
  releaseFolderOf,
  writeBundleFile,
  writeLogFile,
} from './release-folder.ts';
export { readRelease, readReleaseLog, verifyReleased } from './release-log.ts';
export { createReleaseRuntime, type ReleaseRuntime, type ReleaseRuntimeOptions, type Told } from './release-runtime.ts';
