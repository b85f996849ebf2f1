/**
 * Where hl7-dictionary 1.0.1 is known to differ from the standard, and what it leaves out. Each is a fact checked by
 * hand against the chapters of the standard; the rest of the data is taken as it is.
 */
import type { SourcePart } from './dictionary-source.ts';

/** Segments that the source has in versions which do not have them. */
export const NOT_IN: Readonly<Record<string, readonly string[]>> = {
  // Master files came with 2.2, patient adverse reaction (chapter 3) and query continuation with 2.4.
  MFI: ['2.1'],
  IAM: ['2.3', '2.3.1'],
  QCK: ['2.3'],
};

/** Segments that a version has and the source lacks or has in part, taken from the version that has them whole. */
export const TAKEN_FROM: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  CON: { '2.5': '2.6', '2.5.1': '2.6' },
  ITM: { '2.6': '2.7' },
  FAC: { '2.7': '2.6', '2.7.1': '2.6' },
  PDC: { '2.7': '2.6', '2.7.1': '2.6' },
  PSH: { '2.7': '2.6', '2.7.1': '2.6' },
};

/** Fields that are not as the source has them. */
export const FIELD_CORRECTIONS: readonly {
  readonly versions: readonly string[];
  readonly segment: string;
  readonly field: number;
  readonly right: Partial<SourcePart>;
}[] = [
  // The type stands elsewhere in the message (OBX-2, MFI, the query's definition): chapters 5, 7 and 8.
  { versions: ['2.7', '2.7.1'], segment: 'OBX', field: 5, right: { datatype: 'VARIES' } },
  { versions: ['2.7', '2.7.1'], segment: 'MFE', field: 4, right: { datatype: 'VARIES' } },
  { versions: ['2.7', '2.7.1'], segment: 'MFA', field: 5, right: { datatype: 'VARIES' } },
  { versions: ['2.7', '2.7.1'], segment: 'QPD', field: 3, right: { datatype: 'VARIES' } },
  { versions: ['2.7', '2.7.1'], segment: 'RDT', field: 1, right: { datatype: 'VARIES' } },
  // The number of its table (0125) stands where the repetitions should.
  { versions: ['2.5.1'], segment: 'OBX', field: 2, right: { rep: 1 } },
  // Contact role: optional in every version (chapter 3).
  { versions: ['2.3'], segment: 'NK1', field: 7, right: { opt: 1 } },
];

/** Components that the source gives no table: MSH-9 is of these in every version (chapter 2). */
export const COMPONENT_TABLES: readonly {
  readonly versions: readonly string[];
  readonly type: string;
  readonly tables: readonly number[];
}[] = [
  { versions: ['2.1', '2.2', '2.3'], type: 'CM_MSG', tables: [76, 3] },
  { versions: ['2.3.1', '2.4'], type: 'MSG', tables: [76, 3, 354] },
];

/**
 * Tables whose values grow outside the versions of the standard or are not HL7's own, although data type ID points at
 * them: coding systems and media subtypes are registered as they come.
 */
export const OPEN_TABLES: readonly string[] = ['0291', '0396'];

/** Values that the source's tables (those of 2.6) leave out: older ones that messages still have, and those of 2.7. */
export const MORE_VALUES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '0003': {
    CNQ: 'QRY/DSR - Cancel query',
    I16: 'CCR - Collaborative care request',
    I17: 'CCR - Modify collaborative care request',
    I18: 'CCR - Cancel collaborative care request',
    I19: 'CCQ/CQU - Collaborative care query',
    I20: 'CCU - Asynchronous collaborative care update',
    I21: 'CCM - Collaborative care message',
    I22: 'CCF/CCI - Collaborative care fetch',
    K32: 'RSP - Find candidates including visit information response',
    O39: 'OML - Specimen shipment centric laboratory order',
    O40: 'ORL - Specimen shipment centric laboratory order response',
    Q04: 'EQQ - Embedded query language query',
    Q07: 'VQQ - Virtual table query',
    Q08: 'SPQ - Stored procedure request',
    Q09: 'RQQ - Event replay query',
    Q32: 'QBP - Find candidates including visit information',
    R03: 'QRY/DSR - Display oriented results, query/response',
    R05: 'QRY/DSR - Query for display results',
    R06: 'UDM - Unsolicited update/display results',
    R07: 'EDR - Enhanced display response',
    R08: 'TBR - Tabular data response',
    R09: 'ERP - Event replay response',
    R0R: 'ROR - Pharmacy prescription order query response',
    R26: 'OSM - Unsolicited specimen shipment manifest',
    R33: 'ORA - Observation report acknowledgement',
    RAR: 'RAR - Pharmacy administration information query response',
    RDR: 'RDR - Pharmacy dispense information query response',
    RER: 'RER - Pharmacy encoded order information query response',
    RGR: 'RGR - Pharmacy dose information query response',
    S27: 'SIU - Broadcast notification of scheduled appointments',
  },
  '0074': { IMG: 'Diagnostic imaging', PAR: 'Parasitology', PAT: 'Pathology', URN: 'Urinalysis' },
  '0076': {
    ARD: 'Ancillary report, display',
    CCF: 'Collaborative care fetch',
    CCI: 'Collaborative care information',
    CCM: 'Collaborative care message',
    CCQ: 'Collaborative care referral',
    CCR: 'Collaborative care referral request',
    CCU: 'Collaborative care referral update',
    CQU: 'Collaborative care referral query',
    EDR: 'Enhanced display response',
    EQQ: 'Embedded query language query',
    ERP: 'Event replay response',
    MCF: 'Delayed acknowledgement',
    ORA: 'Observation report acknowledgement',
    OSM: 'Specimen shipment message',
    RQQ: 'Event replay query',
    SPQ: 'Stored procedure request',
    VQQ: 'Virtual table query',
  },
  '0085': { A: 'Amended based on updated interpretation', B: 'Appended', V: 'Verified final result' },
  '0104': {
    '2.1': 'Release 2.1',
    '2.5.1': 'Release 2.5.1',
    '2.7': 'Release 2.7',
    '2.7.1': 'Release 2.7.1',
  },
  '0119': { CP: 'Cancel process step' },
  // Any type of the version may stand in OBX-2 (chapter 7); these are what senders use and the source lacks.
  '0125': {
    CE: 'Coded Entry',
    CNE: 'Coded with No Exceptions',
    DR: 'Date/Time Range',
    ED: 'Encapsulated Data',
    EI: 'Entity Identifier',
    HD: 'Hierarchic Designator',
    ID: 'Coded Value for HL7 Defined Tables',
    IS: 'Coded Value for User-Defined Tables',
    MA: 'Multiplexed Array',
    NA: 'Numeric Array',
    NR: 'Numeric Range',
    SI: 'Sequence ID',
    TS: 'Time Stamp',
  },
  '0190': { TM: 'Tube address' },
  '0191': { Application: 'Other application data', Audio: 'Audio data', Image: 'Image data', SGML: 'SGML text' },
  '0200': {
    BAD: 'Bad name',
    F: 'Fathers name',
    MSK: 'Masked',
    NAV: 'Temporarily unavailable name',
    NB: 'Newborn name',
    NOUSE: 'No longer to be used',
    REL: 'Religious',
    TEMP: 'Temporary name',
  },
  '0203': {
    ACSN: 'Accession ID',
    ASID: 'Ancestor specimen ID',
    BSNR: 'Primary physician office number',
    LACSN: 'Laboratory accession ID',
    LANR: 'Lifelong physician number',
    NBSNR: 'Secondary physician office number',
    SID: 'Specimen ID',
    USID: 'Unique specimen ID',
  },
  '0211': { 'ISO IR6': 'ASCII graphic character set' },
  '0301': { CLIA: 'Clinical Laboratory Improvement Amendments', CLIP: 'Laboratory programme', EUI64: 'IEEE EUI-64' },
  '0354': {
    ADT_A28: 'A28',
    ADT_A44: 'A43, A44',
    ARD_A19: 'A19',
    BRP_030: 'O30',
    CCF_I22: 'I22',
    CCI_I22: 'I22',
    CCM_I21: 'I21',
    CCQ_I19: 'I19',
    CCR_I16: 'I16, I17, I18',
    CCU_I20: 'I20',
    CQU_I19: 'I19',
    DSR_P04: 'P04',
    EDR_R07: 'R07',
    EQQ_Q04: 'Q04',
    ERP_R09: 'R09',
    MFD_MFA: 'MFA',
    OML_O39: 'O39',
    ORA_R33: 'R33',
    ORL_O40: 'O40',
    ORU_R31: 'R31',
    ORU_R32: 'R32',
    OSM_R26: 'R26',
    QRY_P04: 'P04',
    RDE_O01: 'O01',
    RQQ_Q09: 'Q09',
    RRA_O02: 'O02',
    RSP_K22: 'K22',
    RSP_K24: 'K24',
    RSP_K32: 'K32',
    SPQ_Q08: 'Q08',
    TBR_R08: 'R08',
    TBR_R09: 'R09',
    VQQ_Q07: 'Q07',
  },
  '0440': { CNN: 'Composite ID number and name simplified', ELD: 'Error location and description' },
};
