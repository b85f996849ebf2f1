/** The only door to the engine. Light to import: adapters and heavy libraries load when they are chosen. */
import type { EngineOptions } from './create-engine.ts';
import type { Engine } from './engine.ts';

export { ManualClock, systemClock, type Clock, type Millis } from './base/clock.ts';
export { timeSortedIds, type Ids } from './base/ids.ts';
export { defineErrors, WardflowError, type ErrorEntry, type FailureClass } from './base/errors.ts';
export { createLog, errorName, silentLog, type Log, type LogFields, type LogLevel } from './base/log.ts';
export * from './store/contract/index.ts';
export type * from './events/clinical-event.ts';
export type { Dispatcher, WorkResult, WorkSource } from './queue/source.ts';
export {
  ItemBranches,
  type Branch,
  type BranchOutcome,
  type ItemResult,
  type ItemRules,
  type Place,
} from './queue/branches.ts';
export {
  EFFECT_IDENTIFIER_SYSTEM,
  type ActionOutcome,
  type AmbiguityPolicy,
  type EffectResult,
  type EffectRunner,
  type EffectSpec,
  type EffectTry,
} from './effects/once.ts';
export type {
  EndedBy,
  EscalationChildData,
  EscalationService,
  StartEscalation,
} from './schedule/escalation-service.ts';
export { BOUND_BY, BOUND_WORDS, type BoundKind } from './definitions/bound-names.ts';
export { LONGEST_NODE_TYPE, NODE_ID } from './definitions/flow.ts';
export type { AlertContent, AlertPolicy, AlertTier } from './alerts/alert-policy.ts';
export type { AlertChannel, AlertMessage, SendOutcome } from './alerts/channel.ts';
export type {
  AlertOutcome,
  AlertService,
  ConsiderAlert,
  ConsideredAlert,
  DeliveredAlert,
} from './alerts/alert-service.ts';
export type { CreateTask, TaskActor, TaskChildData, TaskService } from './tasks/task-service.ts';
export { taskWaitKey, type TaskWaitData } from './tasks/task-waits.ts';
export { hasEnded } from './tasks/task-states.ts';
export { ladderSteps } from './schedule/ladder-steps.ts';
export type { Checklist, Definition, DefinitionSet, FlowNode, Intent, Ladder } from './definitions/definition.ts';
export { bounded, EXPRESSION_LIMITS, type ExpressionLimits } from './expressions/bounded.ts';
export { expressionErrors } from './expressions/errors.ts';
export { isExpressionLimit } from './expressions/expression-limit.ts';
export {
  inspectRuleTable,
  RuleTable,
  type Aggregation,
  type HitPolicy,
  type LintFinding,
  type RuleDecision,
  type RuleExplanation,
  type RuleLint,
  type RuleValue,
  type TableProblem,
} from './rules/rule-table.ts';
export type { EndpointHealth } from './endpoints/endpoint-health.ts';
export type { Hl7Endpoint, Hl7Endpoints, Hl7Receipt, Hl7SendResult } from './mllp/endpoint.ts';
export { createMllpSender, type MllpSender, type MllpSenderOptions } from './mllp/sender.ts';
export type { SendingTls } from './mllp/dial.ts';
export type {
  Hl7Advice,
  Hl7Dictionary,
  Optionality,
  PartEntry,
  PathSuggestion,
  SegmentEntry,
  TableEntry,
  TypeEntry,
} from './hl7/dictionary-contract.ts';
export type { MessageOutline, OutlineNode, OutlineSegment } from './hl7/outline.ts';
export type { FhirAnswer, FhirEndpoint, FhirEndpoints, FhirResource, FhirResult } from './fhir/endpoint.ts';
export type { OperatorControls, SwitchRequest, SwitchView } from './operations/controls.ts';
export type { FeedRefusals } from './intake/refusals.ts';
export type { StoreTrouble } from './store-failures.ts';
export type {
  EnhancedMode,
  FeedSettings,
  FeedStatus,
  FeedTls,
  Intake,
  RereadOutcome,
  RereadRequest,
  Subscription,
  SubscriptionFilter,
} from './intake/feed.ts';
export type { ConsoleNotice, Engine, LiveChange, LiveFeed } from './engine.ts';
export { childEnvironment, readConfig, type Environment } from './config/read-config.ts';
export { inEnvironment, isGated, runtimePort } from './config/environment-config.ts';
export { settingsTable, SETTINGS, SETTING_KEYS, type Config, type SettingKey } from './config/settings.ts';
export {
  bindingsPath,
  loadBindings,
  parseBindings,
  type Bindings,
  type EndpointBinding,
  type FhirEndpointBinding,
  type ListenTls,
  type MllpEndpointBinding,
  type SendTls,
  type FeedBinding,
} from './config/bindings.ts';
export type { ChannelBinding } from './config/channels.ts';
export { credentialsFolderOf, readCredential } from './config/credential.ts';
export {
  ensureServiceToken,
  environmentFolder,
  readRunInfo,
  readServiceToken,
  removeRunInfo,
  runInfoPath,
  serviceTokenPath,
  writeRunInfo,
  type ProcessInfo,
  type RunInfo,
  type RuntimeInfo,
} from './config/run-info.ts';
export {
  createFhirEndpoints,
  type ClosableFhirEndpoints,
  type FhirEndpointsOptions,
} from './endpoints/create-fhir-endpoints.ts';
export {
  createHl7Endpoints,
  type ClosableHl7Endpoints,
  type Hl7EndpointsOptions,
} from './endpoints/create-hl7-endpoints.ts';
export { sendable, type Sendable } from './mllp/sendable.ts';
export type { FhirBinding } from './fhir/binding.ts';
export { fhirErrors } from './fhir/errors.ts';
export { Hl7Message, type Hl7Json } from './hl7/message.ts';
export type { Hl7Change } from './hl7/change.ts';
export { transcribed } from './hl7/transcribe.ts';
export type { Delimiters } from './hl7/delimiters.ts';
export { hl7FromJson, hl7ToJson, type Hl7MessageJson, type Hl7SegmentJson } from './hl7/json.ts';
export type { Hl7FieldsToBuild, Hl7Party, MessageToBuild, SegmentToBuild } from './hl7/build.ts';
export type { Hl7Component, Hl7Leaf, Hl7RawBytes, Hl7RawText, Hl7Repetition, Hl7Value } from './hl7/value.ts';
export type { Hl7Group, Hl7Member } from './hl7/group.ts';
export { Hl7Segment } from './hl7/segment.ts';
export type { Hl7Observation, Hl7Order } from './hl7/orders.ts';
export type { Hl7Fields, Hl7Row } from './hl7/fields.ts';
export { parsePath, tryPath, type Hl7Path } from './hl7/path.ts';
export { readBatch, splitBatch, type Hl7Batch, type Hl7BatchFile } from './hl7/batch.ts';
export { hasMoreParts } from './hl7/batch-size.ts';
export type { BatchHeader, BatchTrailer } from './hl7/batch-envelope.ts';
export { buildAck, type AckCode, type AckError, type AckOptions } from './hl7/ack.ts';
export { conditionsOf, type AckCondition, type AckConditions } from './hl7/acknowledgement-mode.ts';
export type {
  AcknowledgementService,
  AnswerContent,
  AnswerOutcome,
  AnswerRequest,
} from './acknowledgements/acknowledgement-service.ts';
export { acknowledgementMessage } from './acknowledgements/acknowledgement-message.ts';
export { acknowledgementErrors } from './acknowledgements/errors.ts';
export {
  createAcknowledgements,
  type AcknowledgementsOptions,
  type RunningAcknowledgements,
} from './acknowledgements/create-acknowledgements.ts';
export { inZone, instantOf, parseHl7Time, writeHl7Time, type Hl7Time, type TimePrecision } from './hl7/datetime.ts';
export { DEFAULT_FRAMER_LIMITS, frame, MllpFramer, type Framed, type FramerLimits } from './mllp/framer.ts';
export { acknowledgementOf, type Acknowledgement } from './mllp/acknowledgement.ts';
export { connectMllp, type MllpClient, type MllpClientOptions } from './mllp/client.ts';
export {
  readListenTls,
  readSendTls,
  TLS_ENDS_SOON_MS,
  tlsFolderOf,
  type ListenTlsFiles,
  type SendTlsFiles,
  type ServingTls,
} from './mllp/tls-files.ts';
export { startMllpServer, type MllpServer, type MllpServerOptions } from './mllp/server.ts';
export { createIntake, type IntakeOptions, type ListenBinding } from './intake/create-intake.ts';
export { openStore, type OpenStoreOptions } from './store/open-store.ts';
export { storeChoice } from './store-choice.ts';
export { mongoErrors } from './store/mongo/errors.ts';
export { storeErrors } from './store/sqlite/errors.ts';
export { openAuditFile, type AuditFile } from './store/sqlite/audit-file.ts';
export {
  readAuthorities,
  readCertificate,
  type Authorities,
  type Certificate,
  type Unusable,
} from './tls/certificate.ts';
export { packageRoot } from './base/package-root.ts';
export { siblingFile } from './base/sibling-file.ts';
export { makeFolder } from './base/make-folder.ts';
export { replaceFile } from './base/replace-file.ts';
export { durationMs } from './definitions/duration.ts';
export { deriveEvents } from './events/from-hl7/derive-events.ts';
export { messageFact, type MessageFact } from './events/from-hl7/message-fact.ts';
export { judgeFact, type FailedFact, type PriorFact } from './store/gate-verdict.ts';
export { adviseOn, type AdviseOptions } from './hl7/advise.ts';
export { dictionaryOf } from './hl7/dictionary.ts';
export { namesAlong } from './hl7/names-along.ts';
export { outlineOf, type OutlineOptions } from './hl7/outline-of.ts';
export { suggestPaths, type SuggestOptions } from './hl7/suggest-paths.ts';
export type { EngineOptions };
export { failureOf } from './queue/failure.ts';
export { changeWork, isFinished, messageStateOf, WORK_TRANSITIONS, type WorkChange } from './queue/work-states.ts';
export { stepOf } from './schedule/escalation-work.ts';
export { NOTICE_SHOWN, noticeRecord, tellConsole, type NoticeRequest } from './live/tell-console.ts';

/** Opens the store and composes the engine (create-engine.ts); what it needs is loaded by the first call. */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  const composed = await import('./create-engine.ts');
  return composed.createEngine(options);
}
export { definitionFromFiles, definitionSet, loadDefinitions, readDefinitions } from './definitions/load.ts';
export { inspectDefinition, readDefinitionFiles, type DefinitionFiles } from './definitions/inspect.ts';
export type { DefinitionProblem } from './definitions/problem.ts';
export { describeProblems, schemaCheck, type Problem, type SchemaCheck } from './base/json-schema.ts';
export { chain as chainAudit, GENESIS, recordHash } from './audit/record-hash.ts';
export { actorName, auditSentence } from './audit/sentence.ts';
export { AUDIT_SENTENCES, isAuditType, type AuditType } from './audit/types.ts';
export { canonicalJson } from './base/canonical-json.ts';
export { verifyAudit, type AuditVerdict } from './audit/verify.ts';
export { hl7Errors } from './hl7/errors.ts';
export { intakeErrors } from './intake/errors.ts';
export { mllpErrors } from './mllp/errors.ts';
