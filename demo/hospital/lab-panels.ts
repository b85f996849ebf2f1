import type { Chance } from './random.ts';

/** What the laboratory measures. Limits are those of a fictional laboratory, for adults. */
export interface Analyte {
  readonly loinc: string;
  readonly name: string;
  readonly unit: string;
  /** Reference range. */
  readonly low: number;
  readonly high: number;
  readonly decimals: number;
  /** Outside these the laboratory flags LL or HH. */
  readonly criticalLow: number | null;
  readonly criticalHigh: number | null;
}

export interface Panel {
  readonly code: string;
  readonly name: string;
  readonly analytes: readonly [Analyte, ...Analyte[]];
}

export const POTASSIUM: Analyte = {
  loinc: '2823-3',
  name: 'Potassium',
  unit: 'mmol/L',
  low: 3.5,
  high: 5.1,
  decimals: 1,
  criticalLow: 2.8,
  criticalHigh: 6.2,
};
export const HAEMOGLOBIN: Analyte = {
  loinc: '718-7',
  name: 'Hemoglobin',
  unit: 'g/dL',
  low: 12,
  high: 16.5,
  decimals: 1,
  criticalLow: 7,
  criticalHigh: null,
};
const SODIUM: Analyte = {
  loinc: '2951-2',
  name: 'Sodium',
  unit: 'mmol/L',
  low: 135,
  high: 145,
  decimals: 0,
  criticalLow: 120,
  criticalHigh: 160,
};
const CHLORIDE: Analyte = {
  loinc: '2075-0',
  name: 'Chloride',
  unit: 'mmol/L',
  low: 98,
  high: 107,
  decimals: 0,
  criticalLow: null,
  criticalHigh: null,
};
const CREATININE: Analyte = {
  loinc: '2160-0',
  name: 'Creatinine',
  unit: 'mg/dL',
  low: 0.6,
  high: 1.2,
  decimals: 2,
  criticalLow: null,
  criticalHigh: null,
};
export const GLUCOSE: Analyte = {
  loinc: '2345-7',
  name: 'Glucose',
  unit: 'mg/dL',
  low: 70,
  high: 140,
  decimals: 0,
  criticalLow: 50,
  criticalHigh: 450,
};
const LEUKOCYTES: Analyte = {
  loinc: '6690-2',
  name: 'Leukocytes',
  unit: '10*3/uL',
  low: 4,
  high: 11,
  decimals: 1,
  criticalLow: 1,
  criticalHigh: 50,
};
const PLATELETS: Analyte = {
  loinc: '777-3',
  name: 'Platelets',
  unit: '10*3/uL',
  low: 150,
  high: 400,
  decimals: 0,
  criticalLow: 20,
  criticalHigh: null,
};
export const TROPONIN: Analyte = {
  loinc: '67151-1',
  name: 'Troponin T high sensitivity',
  unit: 'ng/L',
  low: 0,
  high: 14,
  decimals: 0,
  criticalLow: null,
  criticalHigh: 52,
};
export const LACTATE: Analyte = {
  loinc: '2524-7',
  name: 'Lactate',
  unit: 'mmol/L',
  low: 0.5,
  high: 2,
  decimals: 1,
  criticalLow: null,
  criticalHigh: 4,
};
const INR: Analyte = {
  loinc: '6301-6',
  name: 'INR',
  unit: '{INR}',
  low: 0.9,
  high: 1.2,
  decimals: 1,
  criticalLow: null,
  criticalHigh: 5,
};

export const METABOLIC: Panel = {
  code: '51990-0',
  name: 'Basic metabolic panel',
  analytes: [SODIUM, POTASSIUM, CHLORIDE, CREATININE, GLUCOSE],
};
export const BLOOD_COUNT: Panel = {
  code: '58410-2',
  name: 'Complete blood count',
  analytes: [HAEMOGLOBIN, LEUKOCYTES, PLATELETS],
};
export const CARDIAC: Panel = { code: '89579-7', name: 'Troponin T high sensitivity', analytes: [TROPONIN] };
export const SEPSIS: Panel = { code: '2524-7', name: 'Lactate', analytes: [LACTATE] };
export const COAGULATION: Panel = { code: '34528-0', name: 'PT and INR', analytes: [INR] };

/** A value as a patient in hospital has it: mostly near the range, seldom beyond it, never critical by chance. */
export function usualValue(analyte: Analyte, chance: Chance): number {
  const width = analyte.high - analyte.low;
  const drawn = chance.around((analyte.high + analyte.low) / 2, width * 0.75);
  const floor = analyte.criticalLow === null ? 0 : analyte.criticalLow + width * 0.1;
  const ceiling = analyte.criticalHigh === null ? Infinity : analyte.criticalHigh - width * 0.1;
  return Math.min(Math.max(drawn, floor), ceiling);
}

/** OBX-8 (table 0078). */
export function flagOf(analyte: Analyte, value: number): string {
  if (analyte.criticalLow !== null && value < analyte.criticalLow) return 'LL';
  if (analyte.criticalHigh !== null && value > analyte.criticalHigh) return 'HH';
  if (value < analyte.low) return 'L';
  return value > analyte.high ? 'H' : 'N';
}
