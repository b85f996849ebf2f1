// Made by scripts/fhir-elements.ts from the R4 definitions (4.0.1, CC0): do not edit.
// A line is a resource type ~ its mandatory elements ~ those that change the meaning of others.

export const ELEMENTS = `\
Account~status~status
ActivityDefinition~status~status doNotPerform
AdverseEvent~actuality subject~actuality
AllergyIntolerance~patient~clinicalStatus verificationStatus
AppointmentResponse~appointment participantStatus~participantStatus
Appointment~status participant~status
AuditEvent~type recorded agent source~
Basic~code~code
Binary~contentType~
BiologicallyDerivedProduct~~
BodyStructure~patient~active
Bundle~type~
CapabilityStatement~status date kind fhirVersion format~status
CarePlan~status intent subject~status intent
CareTeam~~status
CatalogEntry~orderable referencedItem~
ChargeItemDefinition~url status~status
ChargeItem~status code subject~status
ClaimResponse~status type use patient created insurer outcome~status
Claim~status type use patient created provider priority insurance~status
ClinicalImpression~status subject~status
CodeSystem~status content~status
CommunicationRequest~status~status doNotPerform
Communication~status~status
CompartmentDefinition~url name status code search~status
Composition~status type date author title~status
ConceptMap~status~status
Condition~subject~clinicalStatus verificationStatus
Consent~status scope category~status scope
Contract~~status
CoverageEligibilityRequest~status purpose patient created insurer~status
CoverageEligibilityResponse~status purpose patient created request outcome insurer~status
Coverage~status beneficiary payor~status
DetectedIssue~status~status
DeviceDefinition~~
DeviceMetric~type category~
DeviceRequest~intent code[x] subject~status intent
DeviceUseStatement~status subject device~status
Device~~status
DiagnosticReport~status code~status
DocumentManifest~status content~status
DocumentReference~status content~status
EffectEvidenceSynthesis~status population exposure exposureAlternative outcome~status
Encounter~status class~status
Endpoint~status connectionType payloadType address~status
EnrollmentRequest~~status
EnrollmentResponse~~status
EpisodeOfCare~status patient~status
EventDefinition~status trigger~status
EvidenceVariable~status~status
Evidence~status exposureBackground~status
ExampleScenario~status~status
ExplanationOfBenefit~status type use patient created insurer provider outcome insurance~status
FamilyMemberHistory~status patient relationship~status
Flag~status code subject~status
Goal~lifecycleStatus description subject~lifecycleStatus
GraphDefinition~name status start~status
Group~type actual~
GuidanceResponse~module[x] status~status
HealthcareService~~active
ImagingStudy~status subject~status
ImmunizationEvaluation~status patient targetDisease immunizationEvent doseStatus~status
ImmunizationRecommendation~patient date recommendation~
Immunization~status vaccineCode patient occurrence[x]~status isSubpotent
ImplementationGuide~url name status packageId fhirVersion~status
InsurancePlan~~status
Invoice~status~status
Library~status type~status
Linkage~item~
List~status mode~status mode
Location~~status
MeasureReport~status type measure period~status improvementNotation
Measure~status~status
Media~status content~status
MedicationAdministration~status medication[x] subject effective[x]~status
MedicationDispense~status medication[x]~status
MedicationKnowledge~~status
MedicationRequest~status intent medication[x] subject~status intent doNotPerform
MedicationStatement~status medication[x] subject~status
Medication~~status
MedicinalProductAuthorization~~
MedicinalProductContraindication~~
MedicinalProductIndication~~
MedicinalProductIngredient~role~
MedicinalProductInteraction~~
MedicinalProductManufactured~manufacturedDoseForm quantity~
MedicinalProductPackaged~packageItem~
MedicinalProductPharmaceutical~administrableDoseForm routeOfAdministration~
MedicinalProductUndesirableEffect~~
MedicinalProduct~name~
MessageDefinition~status date event[x]~status
MessageHeader~event[x] source~
MolecularSequence~coordinateSystem~
NamingSystem~name status kind date uniqueId~status
NutritionOrder~status intent patient dateTime~status intent
ObservationDefinition~code~
Observation~status code~status
OperationDefinition~name status kind code system type instance~status
OperationOutcome~issue~
OrganizationAffiliation~~
Organization~~active
Parameters~~
Patient~~active deceased[x] link
PaymentNotice~status created payment recipient amount~status
PaymentReconciliation~status created paymentDate paymentAmount~status
Person~~active
PlanDefinition~status~status
PractitionerRole~~
Practitioner~~
Procedure~status subject~status
Provenance~target recorded agent~
QuestionnaireResponse~status~status
Questionnaire~status~status
RelatedPerson~patient~active
RequestGroup~status intent~status intent
ResearchDefinition~status population~status
ResearchElementDefinition~status type characteristic~status
ResearchStudy~status~status
ResearchSubject~status study individual~status
RiskAssessment~status subject~
RiskEvidenceSynthesis~status population outcome~status
Schedule~actor~active
SearchParameter~url name status description code base type~status
ServiceRequest~status intent subject~status intent doNotPerform
Slot~schedule status start end~
SpecimenDefinition~~
Specimen~~status
StructureDefinition~url name status kind abstract type~status
StructureMap~url name status group~status
SubscriptionStatus~type subscription~type
Subscription~status reason criteria channel~status
SubstanceNucleicAcid~~
SubstancePolymer~~
SubstanceProtein~~
SubstanceReferenceInformation~~
SubstanceSourceMaterial~~
SubstanceSpecification~~
Substance~code~status
SupplyDelivery~~status
SupplyRequest~item[x] quantity~status
Task~status intent~status
TerminologyCapabilities~status date kind~status
TestReport~status testScript result~status
TestScript~url name status~status
ValueSet~status~status
VerificationResult~status~
VisionPrescription~status created patient dateWritten prescriber lensSpecification~status`;
