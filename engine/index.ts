/** The only door to the engine. Light to import: adapters and heavy libraries load when they are chosen. */
import type { EngineOptions } from './create-engine.ts';
import type { Engine } from './engine.ts';

export { isTooDeep } from './base/json-depth.ts';
export { ManualClock, systemClock, type Clock, type Millis } from './base/clock.ts';
export { timeSortedIds, type Ids } from './base/ids.ts';
export { defineErrors, WardflowError, type ErrorEntry, type FailureClass } from './base/errors.ts';
export { createLog, errorName, silentLog, type Log, type LogFields, type LogLevel } from './base/log.ts';
export * from './store/contract/index.ts';
export type * from './events/clinical-event.ts';
export { eventContext } from './events/event-context.ts';
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
export { previewAlert, type AlertPreview } from './alerts/preview-alert.ts';
export type { AlertAnswers } from './alerts/answer-alert.ts';
export type {
  AlertOutcome,
  AlertService,
  ConsiderAlert,
  ConsideredAlert,
  DeliveredAlert,
} from './alerts/alert-service.ts';
export type { CreateTask, TaskActor, TaskChildData, TaskService } from './tasks/task-service.ts';
export { taskWaitKey, type TaskWaitData } from './tasks/task-waits.ts';
export { afterTaskStep, hasEnded, needsReason, stepsFrom, TASK_STEPS } from './tasks/task-states.ts';
export { dueRuleFor, dueRulesOf } from './tasks/due-by-role.ts';
export { copiesNamed, isTaskReference } from './tasks/copies-named.ts';
export { taskErrors } from './tasks/errors.ts';
export type { ReadChange } from './fhir/subscriptions/read-change.ts';
export type { ChangeEvents, WantedEvents } from './fhir/subscriptions/change-events.ts';
export { needsAttention } from './fhir/subscriptions/states.ts';
export type {
  SubscriptionPlace,
  SubscriptionService,
  SubscriptionView,
  WantedSubscription,
} from './fhir/subscriptions/subscription-service.ts';
export { TASK_IDENTIFIER_SYSTEM } from './tasks/fhir-task.ts';
export { problemErrors } from './problems/errors.ts';
export { LONGEST_PROBLEM_TEXT, type ProblemDesk } from './problems/problem-desk.ts';
export { isTaskPlace } from './store/task-places.ts';
export { createRoster, type Roster, type RosterEntry } from './people/roster.ts';
export { parseRoster, rosterPath, type RosterReader, type RosterTrouble } from './people/read-roster.ts';
export { EHR_TROUBLES, type EhrCopies, type EhrTrouble } from './tasks/ehr-copy.ts';
export { confidenceAsked, declaredFallback, triggerFrom, type DeclaredFallback } from './fallback/declared-fallback.ts';
export { openSentence } from './rules/open-rows.ts';
export { TOLD_SOURCE } from './fallback/telling-work.ts';
export type { Doubt, FallbackService, FallbackTrigger, HeldForReview, ReviewOutcome } from './fallback/fallback.ts';
export { createShiftReports, type ShiftReports } from './reports/create-shift-reports.ts';
export { reportErrors } from './reports/errors.ts';
export type { Durations, ShiftBucket, ShiftFigures, ShiftReport, ShiftReportRequest } from './reports/shift-report.ts';
export { ladderSteps } from './schedule/ladder-steps.ts';
export type { Checklist, Definition, DefinitionSet, FlowNode, Intent, Ladder } from './definitions/definition.ts';
export { bounded, EXPRESSION_LIMITS, type ExpressionLimits } from './expressions/bounded.ts';
export { expressionErrors } from './expressions/errors.ts';
export {
  FhirPathProblem,
  FHIR_PATH_LIMITS,
  prepareFhirPath,
  type FhirPath,
  type FhirPathLimits,
} from './expressions/fhir-path.ts';
export { fhirRoot } from './expressions/fhir-root.ts';
export { isExpressionLimit } from './expressions/expression-limit.ts';
export {
  inspectRuleTable,
  RuleTable,
  type Aggregation,
  type HitPolicy,
  type LintFinding,
  type RuleDecision,
  type OpenRow,
  type OpenRows,
  type RuleExplanation,
  type RuleLint,
  type RuleTestResult,
  type RuleValue,
  type TableProblem,
} from './rules/rule-table.ts';
export { ruleJudgeErrors } from './rule-judge/errors.ts';
export { createTableJudge, type TableJudge } from './rule-judge/table-judge.ts';
export type { SampleDecision, TableJudgement } from './rule-judge/judge-table.ts';
export type { EndpointHealth } from './endpoints/endpoint-health.ts';
export { leftOutView, type LeftOutView } from './endpoints/left-out-view.ts';
export { eventSchema } from './http/events/schema-of.ts';
export type { HttpEventBinding, HttpEventFeed, HttpEventService } from './http/events/event-feed.ts';
export { HTTP_METHODS } from './http/endpoint.ts';
export type { HttpAnswer, HttpCall, HttpEndpoint, HttpEndpoints, HttpMethod, HttpResult } from './http/endpoint.ts';
export type { HttpEndpointBinding } from './http/binding.ts';
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
export type {
  FhirAnswer,
  FhirEndpoint,
  FhirEndpoints,
  FhirResource,
  FhirResult,
  AskedFor,
  JsonPatchStep,
  WriteOrigin,
} from './fhir/endpoint.ts';
export { bundleCounts, bundleEntries, plainVersion, versionIn, type FhirVersion } from './fhir/bundle-entries.ts';
export { searchParameters } from './fhir/search-parameters.ts';
export type { OperatorControls, SwitchRequest, SwitchView } from './operations/controls.ts';
export type { FeedRefusals } from './intake/refusals.ts';
export type { StoreTrouble } from './store-failures.ts';
export type {
  EnhancedMode,
  EventDescription,
  EventFeedSettings,
  EventOutcome,
  FeedSettings,
  FeedStatus,
  FeedTls,
  Intake,
  NewEvent,
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
  createHttpEndpoints,
  type ClosableHttpEndpoints,
  type HttpEndpointsOptions,
} from './endpoints/create-http-endpoints.ts';
export {
  createHl7Endpoints,
  type ClosableHl7Endpoints,
  type Hl7EndpointsOptions,
} from './endpoints/create-hl7-endpoints.ts';
export { sendable, type Sendable } from './mllp/sendable.ts';
export type { FhirAuth, FhirBinding, SmartBackendAuth } from './fhir/binding.ts';
export { readEndpointTls } from './fhir/connecting.ts';
export { examineCredential, type ExaminedCredential } from './fhir/examine-credential.ts';
export { LONGEST_REASON } from './reconcile/longest-reason.ts';
export type { Reconciler, Round, SettleDifference } from './reconcile/reconciler.ts';
export { reconcileErrors } from './reconcile/errors.ts';
export { fhirErrors } from './fhir/errors.ts';
export type { FhirValidator, ValidationFinding, ValidationOutcome } from './fhir/validation/validation.ts';
export { createValidator, type ValidatorLimits, type ValidatorOptions } from './fhir/validation/create-validator.ts';
export { validationErrors } from './fhir/validation/errors.ts';
export { operationOutcomeOf } from './fhir/validation/operation-outcome.ts';
export { createRedactor, findProfile, type Redactor } from './redact/redactor.ts';
export { PROFILE_NAME, type RedactedRecord, type RedactionProfile } from './redact/profile.ts';
export { NOTHING_CLINICAL } from './redact/nothing-clinical.ts';
export { mapsUsedBy } from './events/to-fhir/maps-used.ts';
export { KEPT_COPIES, lifetimeWords, VERSIONS_KEPT_MS, type KeptCopy, type Lifetime } from './store/lifetimes.ts';
export { minimise, type Minimised, type SendLists } from './fhir/minimise/minimise.ts';
export { provenanceFor, rehearseWrite, type Rehearsal, type RehearsedRequest } from './fhir/rehearse-write.ts';
export { minimisePatch } from './fhir/minimise/minimise-patch.ts';
export { sendsTo, type SendList } from './fhir/minimise/send-list.ts';
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
export { takeOwnership } from './base/sole-owner.ts';
export { replaceFile } from './base/replace-file.ts';
export { durationMs } from './definitions/duration.ts';
export { deriveEvents, readEvents, statedEvents } from './events/from-hl7/derive-events.ts';
export { EVENT_CHOICES, eventChoiceOf, sampleEvents, type EventChoice } from './events/from-hl7/event-choice.ts';
export { deriveFhirEvents, FHIR_EVENT_TYPES } from './events/from-fhir/derive-fhir-events.ts';
export { authoritiesIn } from './events/from-fhir/authorities.ts';
export type { FhirEventContext } from './events/from-fhir/change.ts';
export type { CanonicalEvent, EventReading } from './events/from-hl7/reading.ts';
export { mergeState, NOTHING_KNOWN, type KnownStates, type StateStatement } from './events/event-state.ts';
export {
  EVENT_CATALOGUE,
  EVENT_FAMILIES,
  EVENT_NAMES,
  isEventName,
  schemaOf,
  type EventData,
  type EventName,
} from './events/catalogue/index.ts';
export { createConverter, type Converter } from './events/to-fhir/converter.ts';
export { CONVERSION_IDENTIFIER_SYSTEM } from './events/to-fhir/bundle.ts';
export { conversionErrors } from './events/to-fhir/errors.ts';
export type {
  Conversion,
  ConversionContext,
  LineageEntry,
  Unmapped,
  UnmappedReason,
} from './events/to-fhir/conversion.ts';
export type { CodeMap, CodeMapFile, CodeMapRow } from './events/to-fhir/code-map.ts';
export type { Mapping, MappingFile } from './events/to-fhir/mapping-file.ts';
export { messageFact, type MessageFact } from './events/from-hl7/message-fact.ts';
export type { IdentityRules, StatedIdentifier } from './identity/identity-file.ts';
export { MERGE_TYPES } from './identity/merge-types.ts';
export type { FhirPeople } from './identity/stated-people.ts';
export { LONGEST_IDENTITY_REASON, type IdentityDecision, type IdentityService } from './identity/identity-service.ts';
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
