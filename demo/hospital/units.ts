/** The wards of the synthetic hospital, as they stand in PV1-3.1. */
export interface Unit {
  readonly code: string;
  readonly service: string;
  /** ICD-10 code and text. */
  readonly diagnoses: readonly [readonly [string, string], ...(readonly [string, string])[]];
}

export const UNITS: readonly [Unit, ...Unit[]] = [
  {
    code: 'MED',
    service: 'MED',
    diagnoses: [
      ['J18.9', 'Pneumonia, unspecified organism'],
      ['E11.65', 'Type 2 diabetes mellitus with hyperglycemia'],
      ['N39.0', 'Urinary tract infection'],
    ],
  },
  {
    code: 'CARD',
    service: 'CAR',
    diagnoses: [
      ['I50.9', 'Heart failure, unspecified'],
      ['I48.91', 'Atrial fibrillation, unspecified'],
      ['I21.4', 'Non-ST elevation myocardial infarction'],
    ],
  },
  {
    code: 'SURG',
    service: 'SUR',
    diagnoses: [
      ['K35.80', 'Acute appendicitis'],
      ['K80.20', 'Gallstones without obstruction'],
      ['S72.001A', 'Fracture of neck of right femur'],
    ],
  },
  {
    code: 'ICU',
    service: 'MED',
    diagnoses: [
      ['A41.9', 'Sepsis, unspecified organism'],
      ['J96.01', 'Acute respiratory failure with hypoxia'],
    ],
  },
];

export const EMERGENCY = 'ED';
